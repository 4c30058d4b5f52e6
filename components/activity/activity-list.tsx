import {
	ChevronDown,
	ChevronRight,
	CircleAlert,
	DoorOpen,
	KeyRound,
	LogIn,
	type LucideIcon,
	RefreshCw,
	SlidersHorizontal,
	UserRound,
} from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { type Outcome, OutcomeTag, Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import { DaysOf } from "./days";

export type ActivityView = {
	id: string;
	at: Date;
	kind: string;
	outcome: "done" | "refused" | "held" | "ignored";
	actor: string;
	subject: string | null;
	details: Record<string, unknown>;
	address: string | null;
	/** The sign-in attempt it tells of, as the address of its trace ends. */
	signIn: string | null;
	/** How often it happened, where this row stands for several alike. */
	times?: number;
	/** When the first of them was. */
	first?: Date;
};

const icons: [prefix: string, icon: LucideIcon][] = [
	["sign_", LogIn],
	["token.", KeyRound],
	["api", KeyRound],
	["password.", KeyRound],
	["factor.", KeyRound],
	["policy.", SlidersHorizontal],
	["directory.", RefreshCw],
	["member.", UserRound],
	["scim.", CircleAlert],
];

/** The tag of an event that was done; refused, held and ignored ones say so themselves. */
function tagOf({ kind, outcome, details }: ActivityView): Outcome {
	if (outcome !== "done") return outcome;
	if (kind === "connection.tested") return "passed";
	if (kind === "member.role_changed" || kind === "members.roles_changed") return "role_changed";
	if (kind === "member.suspended" || kind === "directory.user_deactivated") return "deactivated";
	if (kind === "member.created" || kind === "directory.user_created") return "added";
	if (kind === "member.linked") return "linked";
	if (kind === "member.replaced") return "replaced";
	if (kind === "sign_in.sso" && details.outcome === "provision") return "added";
	if (kind === "sign_in.sso" && details.outcome === "link") return "linked";
	if (kind.startsWith("sign_in.")) return "welcome";
	return kind.startsWith("policy.") || kind.startsWith("connection.") ? "changed" : "updated";
}

/** What sentences call things: the workspace, its provider, and its roles by key. */
export type Names = {
	workspace: string;
	provider: string;
	roles: Record<string, string>;
	/** Where the log is: open rows have addresses there, and traces lie below. */
	path: string;
};

/**
 * What happened, newest first, by day: when, who and what in one sentence, and how it ended. A row
 * opens at an address of its own.
 */
export function ActivityList({
	rows,
	names,
	query = "",
	open,
}: {
	rows: readonly ActivityView[];
	names: Names;
	/** What of the log is shown, to be kept when a row opens. */
	query?: string;
	/** The open row, and what it shows. */
	open?: { id: string; detail: ReactNode } | null;
}) {
	const t = useTranslations("activity");
	if (rows.length === 0)
		return (
			<Panel>
				<EmptyState title={t(query ? "noMatch.title" : "empty.title")}>
					{t(query ? "noMatch.body" : "empty.body")}
				</EmptyState>
			</Panel>
		);
	return (
		<Panel>
			<DaysOf
				label={t("title")}
				rows={rows.map((row) => ({
					key: row.id,
					at: row.at,
					node: (
						<Row
							row={row}
							names={names}
							query={query}
							detail={open?.id === row.id ? open.detail : null}
						/>
					),
				}))}
			/>
		</Panel>
	);
}

/** The address of a row, open; or of the list with it closed. */
function addressOf(path: string, query: string, open: string | null): string {
	const all = new URLSearchParams(query);
	if (open) all.set("open", open);
	const text = all.toString();
	return text ? `${path}?${text}` : path;
}

/** Counted refusals are no events: there is nothing more to show of them. */
const opens = ({ id }: ActivityView) => !id.includes(" ");

function Row({
	row,
	names,
	query,
	detail,
}: {
	row: ActivityView;
	names: Names;
	query: string;
	detail: ReactNode;
}) {
	const t = useTranslations("activity");
	const Chevron = detail ? ChevronDown : ChevronRight;
	const times = row.times ?? 1;
	const line = (
		<>
			<Chevron
				className={`mt-0.5 size-4 shrink-0 stroke-[1.6] text-ink-3 ${opens(row) ? "" : "invisible"}`}
				aria-hidden
			/>
			<span className="w-18 shrink-0 pt-px text-sm text-ink-3">
				<Time at={row.at} as="clock" />
			</span>
			<Icon kind={row.kind} />
			<span className="min-w-0 flex-1">
				<Sentence row={row} names={names} />
			</span>
			<span className="flex shrink-0 gap-2 max-md:basis-full max-md:pl-8">
				{times > 1 ? <Tag>{t("times", { count: times })}</Tag> : null}
				<OutcomeTag outcome={tagOf(row)} />
			</span>
		</>
	);
	const look =
		"flex items-start gap-4 px-5 py-3 text-ink no-underline max-md:flex-wrap max-md:gap-x-3 max-md:px-4";
	if (!opens(row)) return <div className={look}>{line}</div>;
	return (
		<>
			<Link
				href={addressOf(names.path, query, detail ? null : row.id)}
				scroll={false}
				prefetch={false}
				aria-expanded={detail !== null}
				data-row
				className={`${look} -outline-offset-2 transition-colors hover:bg-ground`}
			>
				{line}
			</Link>
			{detail ? (
				<div id={`event-${row.id}`} className="border-t border-line bg-ground p-5 max-md:p-3">
					{detail}
				</div>
			) : null}
		</>
	);
}

function Icon({ kind }: { kind: string }) {
	const Shape = icons.find(([prefix]) => kind.startsWith(prefix))?.[1] ?? DoorOpen;
	return <Shape className="mt-0.5 size-4 shrink-0 stroke-[1.6] text-ink-3" aria-hidden />;
}

function Sentence({ row, names }: { row: ActivityView; names: Names }) {
	const t = useTranslations("activity");
	const reasons = useTranslations("reasons");
	const { details } = row;
	const text = (name: string) => {
		const value = details[name];
		return typeof value === "string" || typeof value === "number" ? String(value) : "";
	};
	const key = `${row.kind}.${row.outcome}`;
	const known = t.has(key) ? key : `${row.kind}.done`;
	const reason = text("reason");
	const why =
		row.outcome === "refused" && reason && reasons.has(`${reason}.why`)
			? reasons(`${reason}.why`, {
					workspace: names.workspace,
					provider: names.provider,
					email: text("email"),
					domain: text("email").split("@")[1] ?? "",
					expected: text("expected"),
					received: text("received"),
				})
			: null;
	return (
		<>
			<span className="[overflow-wrap:anywhere]">
				{t.rich(known, {
					who: (words) => <span className="font-medium">{words}</span>,
					actor: row.actor,
					subject: row.subject ?? "",
					code: text("code"),
					member: text("member"),
					factor: text("factor"),
					effect: text("effect"),
					before: names.roles[text("before")] ?? (text("before") || t("none")),
					after: names.roles[text("after")] ?? (text("after") || t("none")),
					count: Number(details.count ?? details.sessionsEnded ?? 0),
				})}
			</span>
			{why ? <span className="block text-sm text-ink-2">{why}</span> : null}
		</>
	);
}
