"use client";
import { useTranslations } from "next-intl";
import { useActionState, useMemo } from "react";
import { NewPasswordField } from "@/components/login/new-password-field";
import { Band } from "@/components/ui/band";
import { SubmitButton } from "@/components/ui/submit-button";
import { TextField } from "@/components/ui/text-field";

type State = { reason: string | null; values: Record<string, string> };

const fields = [
	{ name: "name", type: "text", autoComplete: "name" },
	{ name: "workspaceName", type: "text", autoComplete: "organization" },
	{ name: "slug", type: "text", autoComplete: "off" },
] as const;

/** Which field a refusal belongs to; the rest stands above the form. */
function placeOf(reason: string | null): (typeof fields)[number]["name"] | "password" | null {
	if (reason?.startsWith("password_")) return "password";
	if (reason?.startsWith("slug_")) return "slug";
	if (reason === "name_missing") return "workspaceName";
	return reason === "person_missing" ? "name" : null;
}

/** A new workspace and its admin, whose address is proved. Works without JavaScript. */
export function SignUpForm<S extends State>({
	action,
	ticket,
	email,
	name,
	asksPassword,
	minimum,
}: {
	action: (before: S, form: FormData) => Promise<S>;
	/** From the mailed link; empty where a cookie has it. */
	ticket: string;
	email: string;
	name: string;
	/** False where a Google account opens the workspace. */
	asksPassword: boolean;
	/** How many characters a password needs. */
	minimum: number;
}) {
	const t = useTranslations("signup");
	const before: State = { reason: null, values: { name } };
	const [state, submit] = useActionState(action, before as Awaited<S>);
	const place = placeOf(state.reason);
	const about = useMemo(() => [email, ...Object.values(state.values)], [email, state.values]);
	return (
		<form action={submit} className="space-y-4" noValidate>
			{state.reason && !place ? (
				<Band tone="stop" title={t(`reasons.${state.reason}`)} live />
			) : null}
			<input type="hidden" name="ticket" value={ticket} />
			{/* For password managers: the account stands beside its password. */}
			<input type="email" name="email" value={email} autoComplete="username" readOnly hidden />
			{fields.map((field) => (
				<TextField
					key={field.name}
					{...field}
					size="lg"
					label={t(`fields.${field.name}`)}
					mono={field.name === "slug"}
					defaultValue={state.values[field.name]}
					required
					{...(field.name === "slug" ? { hint: t("hints.slug") } : {})}
					{...(place === field.name && state.reason ? { error: t(`reasons.${state.reason}`) } : {})}
				/>
			))}
			{asksPassword ? (
				<NewPasswordField
					name="password"
					label={t("fields.password")}
					minimum={minimum}
					about={about}
					error={place === "password" && state.reason ? t(`reasons.${state.reason}`) : undefined}
				/>
			) : null}
			<SubmitButton variant="open" size="lg" className="w-full">
				{t("create.submit")}
			</SubmitButton>
		</form>
	);
}
