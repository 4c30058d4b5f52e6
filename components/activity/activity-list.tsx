import {
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
import { EmptyState } from "@/components/ui/empty-state";
import { Panel, PanelRow } from "@/components/ui/panel";
import { type Outcome, OutcomeTag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";

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
	if (kind.startsWith("sign_")) return "welcome";
	return kind.startsWith("policy.") || kind.startsWith("connection.") ? "changed" : "updated";
}

/** What sentences call things: the workspace, its provider, and its roles by key. */
export type Names = {
	workspace: string;
	provider: string;
	roles: Record<string, string>;
	/** Where the log is: traces lie below. */
	path: string;
};

/** What happened, newest first: when, who and what in one sentence, and how it ended. */
export function ActivityList({ rows, names }: { rows: readonly ActivityView[]; names: Names }) {
	const t = useTranslations("activity");
	if (rows.length === 0)
		return (
			<Panel>
				<EmptyState title={t("empty.title")}>{t("empty.body")}</EmptyState>
			</Panel>
		);
	return (
		<Panel>
			{rows.map((row) => (
				<PanelRow key={row.id} className="flex items-start gap-4 max-md:flex-wrap max-md:gap-x-3">
					<span className="w-18 shrink-0 pt-px text-sm text-ink-3">
						<Time at={row.at} as="clock" />
					</span>
					<Icon kind={row.kind} />
					<Sentence row={row} names={names} />
					<span className="shrink-0 max-md:basis-full max-md:pl-0">
						<OutcomeTag outcome={tagOf(row)} />
					</span>
				</PanelRow>
			))}
		</Panel>
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
		<div className="min-w-0 flex-1">
			<span className="[overflow-wrap:anywhere]">
				{t.rich(known, {
					who: (words) => <span className="font-medium">{words}</span>,
					actor: row.actor,
					subject: row.subject ?? "",
					code: text("code"),
					member: text("member"),
					factor: text("factor"),
					before: names.roles[text("before")] ?? (text("before") || t("none")),
					after: names.roles[text("after")] ?? (text("after") || t("none")),
					count: Number(details.count ?? details.sessionsEnded ?? 0),
				})}
			</span>
			{why ? <p className="text-sm text-ink-2">{why}</p> : null}
			{row.signIn ? (
				<p className="text-sm">
					<Link href={`${names.path}/sign-ins/${row.signIn}`} className="text-ink-2 hover:text-ink">
						{t("trace")}
					</Link>
				</p>
			) : null}
		</div>
	);
}
