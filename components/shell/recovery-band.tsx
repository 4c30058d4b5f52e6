import { useTranslations } from "next-intl";
import { Band } from "@/components/ui/band";

/** Over every page of a session that began with a recovery code. */
export function RecoveryBand() {
	const t = useTranslations("shell.recovery");
	return (
		<div className="mb-6">
			<Band tone="care" title={t("title")}>
				{t("body")}
			</Band>
		</div>
	);
}
