/** Puts one event into words, for its open row. */
import { getTranslations } from "next-intl/server";
import type { Names } from "@/components/activity/activity-list";
import type { EventDetailView } from "@/components/activity/event-detail";
import type { findActivity } from "@/lib/activity/list";
import { isReason, reasons } from "@/lib/policy/reasons";

type Event = NonNullable<Awaited<ReturnType<typeof findActivity>>>;

/** People named in one view; the log's file has all. */
const mostPeople = 100;

/** Told elsewhere in the row, or of no use to a reader. */
const told = new Set(
	"before after changed people moves reason code memberId number seal".split(" "),
);

export async function eventView(event: Event, names: Names): Promise<EventDetailView> {
	const t = await getTranslations("activity.detail");
	const reasonTexts = await getTranslations("reasons");
	const remedies = await getTranslations("trace.remedy");
	const { details } = event;
	const { reason } = details;
	const known = typeof reason === "string" && isReason(reason) ? reason : null;
	const email = typeof details.email === "string" ? details.email : "";
	const words = {
		workspace: names.workspace,
		provider: names.provider,
		email,
		domain: email.split("@")[1] ?? "",
		expected: "",
		received: "",
	};
	return {
		at: event.at,
		kind: event.kind,
		actor: event.actor,
		actorKind: t(`actors.${event.actorKind}`),
		subject: event.subject,
		address: event.address,
		changes: await changesOf(details, names),
		others: Object.entries(details)
			.filter(([name, value]) => !told.has(name) && value !== null && value !== "")
			.map(([name, value]) => ({
				name: t.has(`names.${name}`) ? t(`names.${name}`) : name,
				value: valueText(value, names, t("none")),
			})),
		why: known && reasonTexts(`${known}.why`, words),
		fix: known && reasonTexts(`${known}.fix`, words),
		remedy: known && remedies(reasons[known].remedy, words),
	};
}

type Change = EventDetailView["changes"][number];

async function changesOf(details: Event["details"], names: Names): Promise<Change[]> {
	const t = await getTranslations("activity.detail");
	const fields = await getTranslations("policy.fields");
	const { before, after, changed, people } = details;
	const text = (value: unknown) => valueText(value, names, t("none"));
	const named = (name: string) => {
		if (fields.has(`${name}.name`)) return fields(`${name}.name`);
		return t.has(`names.${name}`) ? t(`names.${name}`) : name;
	};
	const change = (name: string, was: unknown, is: unknown): Change => ({
		name,
		before: text(was),
		after: text(is),
	});
	const rows: Change[] = [];
	if (isRecord(before) || isRecord(after)) {
		const [was, is] = [isRecord(before) ? before : {}, isRecord(after) ? after : {}];
		for (const name of new Set([...Object.keys(was), ...Object.keys(is)]))
			if (JSON.stringify(was[name]) !== JSON.stringify(is[name]))
				rows.push(change(named(name), was[name], is[name]));
	} else if (before !== undefined || after !== undefined)
		rows.push(change(t("value"), before, after));
	for (const each of Array.isArray(changed) ? changed : [])
		if (isRecord(each) && typeof each.field === "string")
			rows.push(change(named(each.field), each.before, each.after));
		else if (typeof each === "string") rows.push({ name: each, before: "", after: t("changed") });
	for (const each of (Array.isArray(people) ? people : []).slice(0, mostPeople))
		if (isRecord(each)) rows.push(change(text(each.label), each.before, each.after));
	return rows;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === "object" && value !== null && !Array.isArray(value);

function valueText(value: unknown, names: Names, none: string): string {
	if (value === null || value === undefined || value === "") return none;
	if (typeof value === "string") return names.roles[value] ?? value;
	if (Array.isArray(value))
		return value.length === 0 ? none : value.map((each) => valueText(each, names, none)).join(", ");
	return typeof value === "object" ? JSON.stringify(value) : String(value);
}
