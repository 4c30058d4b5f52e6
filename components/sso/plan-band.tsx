import { useTranslations } from "next-intl";
import { Band } from "@/components/ui/band";

const parts = ["sso", "domains", "directory", "policy"] as const;

/** Says what the present plan leaves out, and that nothing set up here is lost by it. */
export function PlanBand({ workspace }: { workspace: string }) {
	const t = useTranslations("sso.plan");
	return (
		<Band tone="care" title={t("title", { workspace })}>
			<p>{t("body")}</p>
			<p className="mt-2">{t("has")}</p>
			<ul className="mt-1 list-disc space-y-0.5 pl-5">
				{parts.map((part) => (
					<li key={part}>{t(part)}</li>
				))}
			</ul>
			<p className="mt-2">{t("how", { workspace })}</p>
		</Band>
	);
}
