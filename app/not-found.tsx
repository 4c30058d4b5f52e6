import { useTranslations } from "next-intl";
import { Notice } from "@/components/shell/notice";
import { ButtonLink } from "@/components/ui/button";

export default function NotFound() {
	const t = useTranslations("errors.notFound");
	return (
		<main>
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
		</main>
	);
}
