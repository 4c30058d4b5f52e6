"use client";
import { useTranslations } from "next-intl";
import { useActionState } from "react";
import { Band } from "@/components/ui/band";
import { SubmitButton } from "@/components/ui/submit-button";
import { TextField } from "@/components/ui/text-field";

type State = { reason: string | null; values: Record<string, string> };

const fields = [
	{ name: "code", type: "text", autoComplete: "off" },
	{ name: "workspaceName", type: "text", autoComplete: "organization" },
	{ name: "slug", type: "text", autoComplete: "off" },
	{ name: "name", type: "text", autoComplete: "name" },
	{ name: "email", type: "email", autoComplete: "username" },
	{ name: "password", type: "password", autoComplete: "new-password" },
] as const;

/** Which field a refusal belongs to; the rest stands above the form. */
const places: Record<string, (typeof fields)[number]["name"]> = {
	setup_code_wrong: "code",
	name_missing: "workspaceName",
	slug_malformed: "slug",
	slug_taken: "slug",
	email_malformed: "email",
	password_too_short: "password",
	password_too_long: "password",
	password_common: "password",
	password_personal: "password",
};

/** The first workspace and its admin. Works without JavaScript. */
export function SetupForm<S extends State>({
	action,
	embedded,
}: {
	action: (before: S, form: FormData) => Promise<S>;
	/** The database is the embedded one. */
	embedded: boolean;
}) {
	const t = useTranslations("setup");
	const [state, submit] = useActionState(action, {
		reason: null,
		values: {},
	} as State as Awaited<S>);
	const place = state.reason ? places[state.reason] : undefined;
	return (
		<form action={submit} className="space-y-4" noValidate>
			{state.reason && !place ? (
				<Band tone="stop" title={t(`reasons.${state.reason}`)} live />
			) : null}
			{fields.map(({ name, type, autoComplete }) => (
				<TextField
					key={name}
					size="lg"
					type={type}
					name={name}
					label={t(`fields.${name}`)}
					autoComplete={autoComplete}
					mono={name === "code" || name === "slug"}
					defaultValue={state.values[name]}
					required
					{...(name === "code" || name === "slug" || name === "password"
						? { hint: t(`hints.${name}`) }
						: {})}
					{...(place === name && state.reason ? { error: t(`reasons.${state.reason}`) } : {})}
				/>
			))}
			<SubmitButton variant="open" size="lg" className="w-full">
				{t("submit")}
			</SubmitButton>
			{embedded ? <p className="text-sm text-ink-2">{t("embedded")}</p> : null}
		</form>
	);
}
