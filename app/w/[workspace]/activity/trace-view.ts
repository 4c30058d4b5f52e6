/** Puts a sign-in's trace into words, for its page and for the open row of the log. */
import { getTranslations } from "next-intl/server";
import { can, type Session } from "@/app/require";
import type { TraceStation, TraceView } from "@/components/activity/trace-panel";
import { database } from "@/db/client";
import { deviceOf } from "@/lib/accounts/device";
import { replaySignIn } from "@/lib/impact/replay";
import { isReason, type Reason, type ReasonValues, reasons } from "@/lib/policy/reasons";
import { findConnection } from "@/lib/sso/connections";
import { keptClaims, stateOf, type Trace, type TraceLine } from "@/lib/sso/trace";

/** Which station of the way a refusal outside the rules belongs to; the others are the answer's. */
const stationOf: Partial<Record<Reason, string>> = {
	state_unknown: "transaction",
	other_browser: "transaction",
	transaction_expired: "transaction",
	answer_used: "transaction",
	connection_off: "connection",
	connection_paused: "connection",
	connection_changed: "revision",
	provider_denied: "answer",
	provider_error: "answer",
	provider_unreachable: "exchange",
	token_refused: "exchange",
	needs_fresh_sign_in: "again",
};

/** @param now when "would today's rules decide the same?" is asked. */
export async function traceView(session: Session, trace: Trace, now: Date): Promise<TraceView> {
	const { workspace } = session;
	const db = await database();
	const [t, checks, reasonTexts] = await Promise.all([
		getTranslations("trace"),
		getTranslations("checks"),
		getTranslations("reasons"),
	]);
	const { signIn, reason } = trace;
	const connection = signIn.connectionId
		? await findConnection(db, workspace.id, signIn.connectionId)
		: null;
	const provider = signIn.draft?.name ?? connection?.name ?? "";
	const failed = trace.lines.findLast(({ ok }) => !ok);
	const words = (expected: string | null, received: string | null): ReasonValues => ({
		provider,
		workspace: workspace.name,
		email: signIn.email ?? "",
		domain: signIn.email?.split("@")[1] ?? "",
		expected: expected ?? "",
		received: received ?? "",
	});
	const said = words(failed?.expected ?? null, failed?.received ?? null);
	const state = stateOf(signIn, now);
	const title = (step: string) => {
		const name = isReason(step) && !checks.has(step) ? (stationOf[step] ?? "verified") : step;
		if (t.has(`steps.${name}`)) return t(`steps.${name}`, { provider, protocol: signIn.protocol });
		return checks.has(name) ? checks(name) : name;
	};
	const station = ({ step, ok, elapsed, expected, received }: TraceLine, index: number) =>
		({
			key: `${index} ${step}`,
			title: title(step),
			state: ok ? "done" : "refused",
			elapsed,
			about: ok && t.has(`about.${step}`) ? t(`about.${step}`) : null,
			expected,
			received,
		}) satisfies TraceStation;
	const vouched = keptClaims(signIn) !== null;
	const replay = await replaySignIn(db, workspace, signIn, now);
	const fix = reason ? reasonTexts(`${reason}.fix`, said) : null;
	const facts = await factsOf(trace, provider, connection !== null);
	const view = {
		code: signIn.code,
		tone: state === "refuse" ? "stop" : state === "abandoned" || state === "open" ? "note" : "pass",
		title: t(`verdict.${state === "refuse" && !vouched ? "refuseEarly" : state}`, {
			provider,
			workspace: workspace.name,
			who: signIn.email ?? t("somebody"),
		}),
		isTest: signIn.intent === "test",
		provider,
		why: reason ? reasonTexts(`${reason}.why`, said) : null,
		fix,
		remedy: reason
			? t(`remedy.${reasons[reason].remedy}`, { workspace: workspace.name, provider })
			: null,
		stations: [
			...trace.lines.map(station),
			...trace.notReached.map(
				(name): TraceStation => ({
					key: `not ${name}`,
					title: t("notReached", { step: title(name) }),
					state: "waiting",
					elapsed: null,
					about: null,
					expected: null,
					received: null,
				}),
			),
		],
		facts,
		claims: trace.claims,
	} satisfies Omit<TraceView, "today" | "json" | "simulateHref">;
	const maySimulate = can(session, "sso.manage") && can(session, "members.read");
	const query = new URLSearchParams({ who: signIn.email ?? "", way: "sso" });
	return {
		...view,
		today: await today(),
		json: asJson(trace, provider),
		simulateHref: maySimulate && signIn.email ? `/w/${workspace.slug}/simulator?${query}` : null,
	};

	async function today(): Promise<TraceView["today"]> {
		if (state === "abandoned" || state === "open") return null;
		if (!replay) return { same: null, text: t("today.undecided", { provider }) };
		if (replay.same) return { same: true, text: t("today.yes") };
		const { admission } = replay;
		if (admission.outcome !== "refuse")
			return { same: false, text: t(`today.now.${admission.outcome}`) };
		const { expected = null, received = null } = admission;
		const why = reasonTexts(`${admission.reason}.why`, words(expected, received));
		return { same: false, text: t("today.now.refuse", { why }) };
	}
}

async function factsOf(
	{ signIn, reason, policyRevision }: Trace,
	provider: string,
	stored: boolean,
): Promise<TraceView["facts"]> {
	const t = await getTranslations("trace.facts");
	const { browser, system } = deviceOf(signIn.userAgent);
	const device = browser && system ? t("device", { browser, system }) : (browser ?? system);
	const connection =
		signIn.draft || !stored || signIn.connectionRevision === null
			? t("draft", { name: provider })
			: t("revision", { name: provider, revision: signIn.connectionRevision });
	return [
		...(reason ? [{ label: t("reason"), value: reason, mono: true }] : []),
		...(signIn.email ? [{ label: t("person"), value: signIn.email }] : []),
		{ label: t("connection"), value: connection },
		...(policyRevision === null
			? []
			: [{ label: t("policy"), value: t("policyRevision", { revision: policyRevision }) }]),
		{ label: t("browser"), value: device ?? t("unknown") },
		...(signIn.address ? [{ label: t("address"), value: signIn.address, mono: true }] : []),
		{ label: t("started"), at: signIn.startedAt },
		{ label: t("intent"), value: t(`intents.${signIn.intent}`) },
		...(signIn.initiatedBy === "idp"
			? [{ label: t("begun"), value: t("atProvider", { provider }) }]
			: []),
	];
}

/** For a ticket or a colleague: everything that is shown, and nothing that is hidden. */
function asJson({ signIn, lines, claims, reason, policyRevision }: Trace, provider: string) {
	return JSON.stringify(
		{
			code: signIn.code,
			provider,
			connection: signIn.connectionId,
			connectionRevision: signIn.connectionRevision,
			policyRevision,
			intent: signIn.intent,
			startedAt: signIn.startedAt,
			endedAt: signIn.endedAt,
			outcome: signIn.outcome,
			reason,
			steps: lines,
			claims: Object.fromEntries(
				claims.map(({ name, value, personal }) => [name, personal ? "hidden" : value]),
			),
		},
		null,
		2,
	);
}
