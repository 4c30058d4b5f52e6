import { ArrowRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { buttonClass } from "@/components/ui/button";
import { EmailRow } from "./email-row";
import { LoginArch } from "./login-arch";

/**
 * Step 2 by SSO. The button is a link: a form that is redirected to another site is blocked by
 * `form-action 'self'`.
 */
export function SsoStep({
	workspace,
	provider,
	domain,
	email,
	changeHref,
	continueHref,
	passwordHref,
	enforced,
	links,
}: {
	workspace: string;
	provider: string;
	/** The email's domain, when it led here. */
	domain?: string;
	email?: string;
	changeHref: string;
	/** `/sso/start?…` */
	continueHref: string;
	/** "Use a password", where both are allowed. */
	passwordHref?: string;
	/** Passwords are off in this workspace. */
	enforced: boolean;
	links?: readonly { href: string; label: string }[];
}) {
	const t = useTranslations("login");
	const people = { provider, domain: domain ?? workspace };
	return (
		<LoginArch
			tone="pass"
			workspace={workspace}
			title={t("sso.title", { workspace })}
			lead={enforced ? t("sso.everyone", people) : t("sso.may", people)}
			links={links ?? []}
		>
			<div className="space-y-4">
				{email ? <EmailRow email={email} changeHref={changeHref} /> : null}
				<a href={continueHref} className={`${buttonClass("open", "lg")} w-full`}>
					{t("sso.continue", { provider })}
					<ArrowRight aria-hidden />
				</a>
			</div>
			<p className="mt-5 text-center text-sm text-ink-3">
				{t("sso.back")}
				<br />
				{enforced ? t("sso.off", { workspace }) : null}
				{!enforced && passwordHref ? (
					<a
						href={passwordHref}
						className="link inline-flex min-h-6 items-center text-ink-2 max-sm:min-h-11"
					>
						{t("sso.password")}
					</a>
				) : null}
			</p>
		</LoginArch>
	);
}
