"use client";
import { useTranslations } from "next-intl";
import { useActionState, useMemo } from "react";
import { NewPasswordField } from "@/components/login/new-password-field";
import { Band } from "@/components/ui/band";
import { SubmitButton } from "@/components/ui/submit-button";
import { TextField } from "@/components/ui/text-field";

export type AcceptState = { reason: string | null; name: string };

/** Which refusals belong to the password; the rest stands above the form. */
const ofPassword = /^password_/;

/** Joining by a password: the email is the invited one, the rest is the person's to say. */
export function AcceptForm({
	action,
	email,
	workspace,
	least,
}: {
	action: (before: AcceptState, form: FormData) => Promise<AcceptState>;
	email: string;
	workspace: string;
	/** The shortest password. */
	least: number;
}) {
	const t = useTranslations("invite");
	const about = useMemo(() => [email, workspace], [email, workspace]);
	const [state, submit] = useActionState(action, { reason: null, name: "" });
	const { reason } = state;
	const said = reason ? `reasons.${t.has(`reasons.${reason}`) ? reason : "other"}` : null;
	const weak = reason !== null && ofPassword.test(reason);
	return (
		<form action={submit} className="space-y-4" noValidate>
			{said && !weak ? <Band tone="stop" title={t(said)} live /> : null}
			<TextField
				size="lg"
				type="email"
				name="email"
				label={t("email")}
				value={email}
				readOnly
				autoComplete="username"
			/>
			<TextField
				key={state.name}
				size="lg"
				name="name"
				label={t("name")}
				defaultValue={state.name}
				autoComplete="name"
				maxLength={200}
			/>
			<NewPasswordField
				name="password"
				label={t("password")}
				minimum={least}
				about={about}
				{...(said && weak ? { error: t(said, { least }) } : {})}
			/>
			<SubmitButton variant="open" size="lg" className="w-full" busyLabel={t("joining")}>
				{t("join", { workspace })}
			</SubmitButton>
		</form>
	);
}
