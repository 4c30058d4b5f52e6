import { useTranslations } from "next-intl";
import { SubmitButton } from "@/components/ui/submit-button";
import { TextField } from "@/components/ui/text-field";
import { EmailRow, Hidden } from "./email-row";
import type { FormAction } from "./email-step";
import { GoogleLink } from "./google-link";
import { LoginArch } from "./login-arch";

/** Step 2 by password: posts `email` and `password`. */
export function PasswordStep({
	action,
	workspace,
	email,
	changeHref,
	note,
	error,
	sso,
	googleHref,
	resetHref,
	hidden,
	links,
}: {
	action: FormAction;
	workspace?: string;
	/** Left out: it is asked here. */
	email?: string;
	changeHref: string;
	/** What went well just before: "Your new password is set." */
	note?: string;
	error?: string;
	/** The other way in, where both are allowed. */
	sso?: { provider: string; href: string };
	/** Where a personal Google account may be used too. */
	googleHref?: string;
	resetHref?: string;
	hidden?: Record<string, string | undefined>;
	links?: readonly { href: string; label: string }[];
}) {
	const t = useTranslations("login");
	return (
		<LoginArch
			workspace={workspace}
			title={workspace ? t("email.titleAt", { workspace }) : t("email.title")}
			lead={note ?? t("password.lead")}
			tone={note ? "pass" : "plain"}
			links={links ?? []}
		>
			<form action={action} className="space-y-4" noValidate>
				<Hidden values={hidden} />
				{email ? (
					<>
						<EmailRow email={email} changeHref={changeHref} />
						{/* For password managers: the account stands beside its password. */}
						<input
							type="email"
							name="email"
							value={email}
							autoComplete="username"
							readOnly
							hidden
						/>
					</>
				) : (
					<TextField
						size="lg"
						type="email"
						name="email"
						label={t("email.label")}
						required
						autoFocus
						autoComplete="username"
						autoCapitalize="none"
						spellCheck={false}
					/>
				)}
				<TextField
					size="lg"
					type="password"
					name="password"
					label={t("password.label")}
					aside={
						resetHref ? (
							<a href={resetHref} className="link">
								{t("password.forgot")}
							</a>
						) : undefined
					}
					error={error}
					required
					autoFocus={Boolean(email)}
					autoComplete="current-password"
				/>
				<SubmitButton variant="open" size="lg" className="w-full">
					{t("password.submit")}
				</SubmitButton>
			</form>
			{googleHref ? <GoogleLink href={googleHref} /> : null}
			{sso ? (
				<p className="mt-5 text-center text-sm text-ink-3">
					<a
						href={sso.href}
						className="link inline-flex min-h-6 items-center text-ink-2 max-sm:min-h-11"
					>
						{t("password.sso", { provider: sso.provider })}
					</a>
				</p>
			) : null}
		</LoginArch>
	);
}
