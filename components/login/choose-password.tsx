"use client";
import { useTranslations } from "next-intl";
import { useActionState } from "react";
import { SubmitButton } from "@/components/ui/submit-button";
import { NewPasswordField } from "./new-password-field";

type State = { error: string | null };

/** A new password by a mailed link: posts `password`. */
export function ChoosePassword({
	action,
	email,
	minimum,
	about,
}: {
	action: (before: State, form: FormData) => Promise<State>;
	email: string;
	minimum: number;
	about: readonly string[];
}) {
	const t = useTranslations("reset.choose");
	const [state, submit] = useActionState(action, { error: null });
	return (
		<form action={submit} className="space-y-4" noValidate>
			{/* For password managers: the account stands beside its password. */}
			<input type="email" name="email" value={email} autoComplete="username" readOnly hidden />
			<NewPasswordField
				name="password"
				label={t("password")}
				minimum={minimum}
				about={about}
				error={state.error ?? undefined}
				autoFocus
			/>
			<SubmitButton variant="open" size="lg" className="w-full">
				{t("submit")}
			</SubmitButton>
			<p className="text-center text-sm text-ink-3">{t("ends")}</p>
		</form>
	);
}
