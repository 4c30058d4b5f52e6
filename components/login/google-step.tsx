import { ArrowRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { buttonClass } from "@/components/ui/button";
import { EmailRow } from "./email-row";
import { LoginArch } from "./login-arch";

/** Once more by the Google account that is linked. */
export function GoogleStep({
	workspace,
	email,
	changeHref,
	continueHref,
}: {
	workspace: string;
	email: string;
	changeHref: string;
	/** `/login/google?…` */
	continueHref: string;
}) {
	const t = useTranslations("login");
	return (
		<LoginArch
			tone="pass"
			workspace={workspace}
			title={t("again.title")}
			lead={t("google.lead", { workspace })}
		>
			<div className="space-y-4">
				<EmailRow email={email} changeHref={changeHref} />
				<a href={continueHref} className={`${buttonClass("open", "lg")} w-full`}>
					{t("google.again")}
					<ArrowRight aria-hidden />
				</a>
			</div>
		</LoginArch>
	);
}
