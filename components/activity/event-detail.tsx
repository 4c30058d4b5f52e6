import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Panel, PanelBody } from "@/components/ui/panel";
import { Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";

export type EventDetailView = {
	at: Date;
	kind: string;
	actor: string;
	/** "A member", "The directory". */
	actorKind: string;
	subject: string | null;
	address: string | null;
	/** What changed, a row each. */
	changes: readonly { name: string; before: string; after: string }[];
	/** Whatever else was recorded. */
	others: readonly { name: string; value: string }[];
	why: string | null;
	fix: string | null;
	remedy: string | null;
};

/** Everything recorded of one event: who, from where, and what was before and is after. */
export function EventDetail({ event }: { event: EventDetailView }) {
	const t = useTranslations("activity.detail");
	const facts: [string, ReactNode][] = [
		[t("at"), <Time key="at" at={event.at} as="moment" />],
		[t("by"), `${event.actor} (${event.actorKind})`],
		...(event.subject ? ([[t("subject"), event.subject]] as [string, string][]) : []),
		...(event.address
			? ([[t("address"), <code key="address">{event.address}</code>]] as [string, ReactNode][])
			: []),
		...event.others.map(({ name, value }): [string, ReactNode] => [name, value]),
		[t("kind"), <code key="kind">{event.kind}</code>],
	];
	return (
		<Panel>
			{event.why ? (
				<PanelBody>
					<p>{event.why}</p>
					<p className="text-ink-2">{event.fix}</p>
					<p className="text-sm text-ink-2">{event.remedy}</p>
				</PanelBody>
			) : null}
			{event.changes.length > 0 ? (
				<Table
					caption={t("changes")}
					columns={[{ label: t("what") }, { label: t("before") }, { label: t("after") }]}
					rows={event.changes.map(({ name, before, after }, index) => ({
						key: `${index} ${name}`,
						cells: [
							name,
							<span key="before" className="text-ink-2 [overflow-wrap:anywhere]">
								{before}
							</span>,
							<span key="after" className="[overflow-wrap:anywhere]">
								{after}
							</span>,
						],
					}))}
				/>
			) : null}
			<PanelBody>
				<dl className="space-y-2 text-sm">
					{facts.map(([label, value]) => (
						<div key={label} className="grid grid-cols-[minmax(0,1fr)_minmax(0,3fr)] gap-3">
							<dt className="text-ink-3">{label}</dt>
							<dd className="min-w-0 [overflow-wrap:anywhere]">{value}</dd>
						</div>
					))}
				</dl>
			</PanelBody>
		</Panel>
	);
}
