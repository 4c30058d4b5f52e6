import { useTranslations } from "next-intl";
import { Notice } from "@/components/shell/notice";
import { ButtonLink } from "@/components/ui/button";

/** What is not in this workspace. The frame stays, so that one click leads on. */
export default function NotFoundInWorkspace() {
	const t = useTranslations("errors.notFound");
	return (
		<Notice
			title={t("title")}
			actions={
				<ButtonLink href="/" variant="ink">
					{t("home")}
				</ButtonLink>
			}
		>
			<p>{t("body")}</p>
		</Notice>
	);
}
