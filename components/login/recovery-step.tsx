import { useTranslations } from "next-intl";
import { SubmitButton } from "@/components/ui/submit-button";
import { TextField } from "@/components/ui/text-field";
import { Hidden } from "./email-row";
import type { FormAction } from "./email-step";
import { LoginArch } from "./login-arch";

/** The way back in for an admin who kept recovery codes: posts `email` and `code`. */
export function RecoveryStep({
	action,
	workspace,
	email,
	error,
	hidden,
	backHref,
}: {
	action: FormAction;
	workspace?: string;
	email: string;
	error?: string;
	hidden: Record<string, string | undefined>;
	backHref: string;
}) {
	const t = useTranslations("login.recovery");
	const labels = useTranslations("login");
	return (
		<LoginArch
			{...(workspace ? { workspace } : {})}
			title={t("title")}
			lead={t("lead")}
			links={[{ href: backHref, label: t("back") }]}
		>
			<form action={action} className="space-y-4" noValidate>
				<Hidden values={hidden} />
				<TextField
					size="lg"
					type="email"
					name="email"
					label={labels("email.label")}
					defaultValue={email}
					required
					autoComplete="username"
					autoCapitalize="none"
					spellCheck={false}
				/>
				<TextField
					size="lg"
					name="code"
					label={t("code")}
					hint={t("hint")}
					error={error}
					mono
					required
					autoFocus
					autoComplete="off"
					autoCapitalize="characters"
					spellCheck={false}
				/>
				<SubmitButton variant="open" size="lg" className="w-full">
					{t("submit")}
				</SubmitButton>
			</form>
			<p className="mt-5 text-center text-sm text-ink-3">{t("means")}</p>
		</LoginArch>
	);
}
