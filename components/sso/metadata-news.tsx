import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Band } from "@/components/ui/band";
import { Panel } from "@/components/ui/panel";
import { Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { Connection } from "@/lib/sso/connections";

type News = NonNullable<Connection["metadataNews"]>;

/** What the provider's metadata was found to say other than before, and whether it was taken. */
export function MetadataNews({
	news,
	provider,
	action,
}: {
	news: News;
	provider: string;
	/** What can be done where it was not taken. */
	action?: ReactNode;
}) {
	const t = useTranslations("connections.news");
	const detail = useTranslations("activity.detail");
	const which = news.taken ? "taken" : "differs";
	return (
		<Panel>
			<Band
				tone={news.taken ? "note" : "care"}
				title={t(`${which}.title`, { provider })}
				inset
				action={news.taken ? null : action}
			>
				{t.rich(`${which}.body`, { provider, at: () => <Time at={news.at} /> })}
			</Band>
			<Table
				caption={t("caption", { provider })}
				columns={[
					{ label: detail("what"), className: "w-1/5" },
					{ label: news.taken ? detail("before") : t("stored") },
					{ label: news.taken ? detail("after") : t("published", { provider }) },
				]}
				rows={news.changed.map(({ field, before, after }) => ({
					key: field,
					cells: [
						detail(`names.${field as "entityId"}`),
						<Value key="before">{before || detail("none")}</Value>,
						<Value key="after">{after || detail("none")}</Value>,
					],
				}))}
			/>
		</Panel>
	);
}

function Value({ children }: { children: string }) {
	return (
		<span className="block whitespace-pre-line [overflow-wrap:anywhere]">
			{children.replaceAll(", ", "\n")}
		</span>
	);
}
