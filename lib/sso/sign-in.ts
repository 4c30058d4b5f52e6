/**
 * One sign-in attempt with an identity provider, from start to the provider's answer. The row in
 * `sign_ins` is the transaction: its state and browser bind the answer to the browser that asked,
 * and it is answered at most once. What the answer is worth is decided in ./finish.
 *
 *   beginSignIn  -> the provider -> acceptAnswer -> a one-time ticket -> finishSignIn -> a session
 */
import { randomInt } from "node:crypto";
import { and, desc, eq, gt, isNotNull, isNull, lt, sql } from "drizzle-orm";
import { type Db, transact } from "@/db/client";
import { signIns } from "@/db/schema";
import type { SignInIntent, TraceStep } from "@/db/schema/sso";
import type { Visitor } from "@/lib/accounts/sessions";
import { countRefusal, record } from "@/lib/activity/record";
import { senderOf } from "@/lib/platform/addresses";
import { hashToken, newToken, open, seal } from "@/lib/platform/crypto";
import { newId } from "@/lib/platform/ids";
import { type Consumed, consume } from "@/lib/platform/limits";
import { storable } from "@/lib/platform/text";
import type { Reason } from "@/lib/policy/reasons";
import type { Workspace } from "@/lib/workspaces/workspaces";
import * as broker from "./broker";
import { choicesFor, chosenParameters, isOfDomain } from "./choices";
import { type Identity, identityOf, shownClaims } from "./claims";
import { type Connection, findConnection } from "./connections";
import { causeOf } from "./engine-errors";
import { oidcSession } from "./provider-session";
import { engineSettings, hashOfSettings, mappingOf, type ReadySettings } from "./settings";

export type SignIn = typeof signIns.$inferSelect;

/** How long the provider may take, and how long the browser has to come back with the ticket. */
const transactionMinutes = 10;
const ticketSeconds = 60;

/** What the browser is known by during the flow: the hash of a cookie only it holds. */
export type FlowVisitor = Visitor & {
	flowId: string;
	/** The token of an invitation whose link this browser followed. */
	invitation?: string | undefined;
};

export type Start = {
	workspace: Workspace;
	connection: Connection | null;
	/** Settings under test, saved or not. Null for a real sign-in. */
	settings: ReadySettings | null;
	intent: SignInIntent;
	/** The admin who tests, or the member who proves themselves again. */
	memberId: string | null;
	email: string | null;
	/** A path of this site to go to afterwards. */
	returnTo: string | null;
	/** Ask the provider to let the person choose another account. */
	chooseAccount?: boolean;
	visitor: FlowVisitor;
	now: Date;
};

/** Beginnings of one sender. Generous, since a whole office may come from one address. */
const startsPerSender = { name: "sso.start", points: 300, seconds: 300 };

/** Whether a visitor may begin another attempt: each leaves rows, and anybody may ask for one. */
export function mayBegin(db: Db, { address }: Visitor): Promise<Consumed> {
	return consume(db, startsPerSender, senderOf(address));
}

/**
 * Begins an attempt.
 * @returns where to send the browser, and the attempt's id.
 */
export async function beginSignIn(db: Db, start: Start): Promise<{ url: string; id: string }> {
	const { workspace, connection, settings, intent, visitor, now } = start;
	const id = newId();
	const engine = engineSettings(settings, connection);
	const settingsHash = settings ? hashOfSettings(settings, connection) : connection?.settingsHash;
	const { url, state, codeVerifier } = await broker.begin(
		db,
		{ workspaceId: workspace.id, id },
		engine,
		{
			...chosenParameters(settings, connection),
			...(start.email ? { login_hint: start.email } : {}),
			...(start.chooseAccount ? { prompt: "select_account" } : {}),
			...(intent === "fresh" ? { prompt: "login", max_age: "0" } : {}),
		},
	);
	const row = {
		workspaceId: workspace.id,
		id,
		connectionId: connection?.id ?? null,
		connectionRevision: connection?.revision ?? null,
		draft: settings ? draftOf(settings) : null,
		settingsHash: settingsHash ?? "",
		intent,
		memberId: start.memberId,
		stateHash: hashToken(state),
		browserHash: hashToken(visitor.flowId),
		codeVerifier: seal(codeVerifier, verifierPlace(id)),
		returnTo: start.returnTo,
		startedAt: now,
		expiresAt: new Date(now.getTime() + transactionMinutes * 60_000),
		issuer: engine.metadata.issuer,
		email: start.email,
		trace: [step("started", true, now)],
		address: visitor.address,
		userAgent: visitor.userAgent.slice(0, 512),
	};
	await insertWithCode(db, row);
	return { url, id };
}

/** What of the tested settings is kept with the attempt: names, and no secret. */
const draftOf = ({ draft, metadata }: ReadySettings) => ({
	name: draft.name,
	provider: draft.provider,
	claimMapping: mappingOf(draft),
	hostedDomain: metadata.hosted_domain ?? null,
	saml: null,
});

const verifierPlace = (id: string) => `sign_ins/${id}/code_verifier`;

/** One line of the trace. */
export function step(
	name: string,
	ok: boolean,
	now: Date,
	texts: { expected?: string; received?: string } = {},
): TraceStep {
	const kept = Object.entries(texts).map(([key, text]) => [key, storable(text, 300)]);
	return { step: name, ok, at: now.toISOString(), ...Object.fromEntries(kept) };
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Gives the attempt a code that is short to say, longer where short ones run out. */
async function insertWithCode(db: Db, row: Omit<typeof signIns.$inferInsert, "code">) {
	for (let length = 4; ; length++) {
		const letters = Array.from({ length }, () => crockford[randomInt(32)]);
		const inserted = await db
			.insert(signIns)
			.values({ ...row, code: `GH-${letters.join("")}` })
			.onConflictDoNothing()
			.returning({ id: signIns.id });
		if (inserted.length > 0) return;
		if (length > 8) throw new Error("no code was free for a sign-in");
	}
}

/** An attempt that ended in a refusal: what its page shows, and where its workspace is known. */
export type Refused = {
	ok: false;
	reason: Reason;
	/** The short code and the place the trace is kept. Null where no attempt could be found. */
	signIn: { workspaceId: string; id: string } | null;
};

/**
 * Takes the provider's answer. Nobody is signed in yet: the browser gets a ticket, good once and
 * for a minute, in the browser that began.
 * @param workspaceId whose callback it came to. An answer for another workspace is unknown there.
 * @param answer the query of the callback.
 * Refused: state_unknown, answer_used, transaction_expired, other_browser, connection_off,
 *   connection_paused, connection_changed, issuer_differs, and what the provider or its token is
 *   refused for (see ./engine-errors).
 */
export async function acceptAnswer(
	db: Db,
	workspaceId: string,
	answer: Record<string, string>,
	visitor: FlowVisitor,
	now: Date,
): Promise<{ ok: true; ticket: string } | Refused> {
	const taken = await takeAnswer(db, workspaceId, answer.state ?? "", visitor, now);
	if (!taken.ok) return taken;
	const { signIn } = taken;
	const trace = [...signIn.trace, step("answered", true, now)];
	const refuse = async (
		reason: Reason,
		texts: { expected?: string; received?: string } = {},
	): Promise<Refused> => {
		trace.push(step(reason, false, new Date(), texts));
		await broker.forget(db, signIn);
		return endRefused(db, signIn, reason, trace, visitor, now);
	};

	if (signIn.browserHash !== hashToken(visitor.flowId)) return refuse("other_browser");
	const closed = await whyClosed(db, signIn);
	if (closed) return refuse(closed);
	const issuer = signIn.issuer ?? "";
	// RFC 9207: an answer that names its issuer must name ours.
	if (answer.iss !== undefined && answer.iss !== issuer)
		return refuse("issuer_differs", { expected: issuer, received: answer.iss });
	if (answer.error !== undefined)
		return refuse(answer.error === "access_denied" ? "provider_denied" : "provider_error", {
			received: answer.error,
		});

	const verified = await broker.finish(
		db,
		signIn,
		answer,
		open(signIn.codeVerifier, verifierPlace(signIn.id)),
	);
	if (!verified.ok) {
		const cause = causeOf(verified.error, verified.description);
		const { reason, ...texts } = cause;
		return refuse(reason, texts);
	}
	trace.push(step("verified", true, new Date()));
	const choices = await choicesFor(db, signIn);
	if (!isOfDomain(verified.claims, choices))
		return refuse("hosted_domain_differs", {
			expected: choices.hostedDomain ?? "",
			received: String(verified.claims.hd ?? "—"),
		});
	const read = identityOf(issuer, verified.claims, choices.mapping);
	if (!read.ok) return refuse(read.reason);
	if (signIn.intent === "fresh" && isStale(read.identity, signIn))
		return refuse("needs_fresh_sign_in");

	const ticket = newToken();
	await db
		.update(signIns)
		.set({
			claims: { identity: read.identity, shown: shownClaims(verified.claims) },
			providerSession: oidcSession(
				issuer,
				read.identity.subject,
				verified.claims.sid,
				verified.idToken,
			),
			subject: read.identity.subject,
			email: read.identity.email,
			trace,
			ticketHash: hashToken(ticket),
			ticketExpiresAt: new Date(now.getTime() + ticketSeconds * 1000),
		})
		.where(keyOf(signIn));
	return { ok: true, ticket };
}

/**
 * Whether the provider itself says that it asked nobody, although prompt and max_age asked it to
 * (OpenID Connect Core §3.1.2.1). Clocks may differ by two minutes.
 */
function isStale({ authenticatedAt }: Identity, { startedAt }: SignIn): boolean {
	return authenticatedAt !== null && Date.parse(authenticatedAt) < startedAt.getTime() - 120_000;
}

/** Finds the attempt an answer belongs to and marks it answered; only the first answer gets it. */
async function takeAnswer(
	db: Db,
	workspaceId: string,
	state: string,
	visitor: FlowVisitor,
	now: Date,
): Promise<{ ok: true; signIn: SignIn } | Refused> {
	const asked = and(eq(signIns.workspaceId, workspaceId), eq(signIns.stateHash, hashToken(state)));
	const [signIn] = await db
		.update(signIns)
		.set({ answeredAt: now })
		.where(
			and(asked, isNull(signIns.answeredAt), isNull(signIns.endedAt), gt(signIns.expiresAt, now)),
		)
		.returning();
	if (signIn) return { ok: true, signIn };
	const [late] = await db.select().from(signIns).where(asked);
	if (!late) {
		await countRefusal(db, null, "sign_in.unknown_state", visitor.address, now);
		return { ok: false, reason: "state_unknown", signIn: null };
	}
	const reason = late.answeredAt ? "answer_used" : "transaction_expired";
	// The first answer's outcome stands: the next adds a line to the trace, and those after nothing.
	if (!late.trace.some(({ step }) => step === reason))
		await db
			.update(signIns)
			.set({ trace: sql`${signIns.trace} || ${JSON.stringify([step(reason, false, now)])}::jsonb` })
			.where(keyOf(late));
	return { ok: false, reason, signIn: { workspaceId: late.workspaceId, id: late.id } };
}

/** Why an attempt may not go on although its answer came, or null. A test binds no connection. */
async function whyClosed(db: Db, signIn: SignIn): Promise<Reason | null> {
	if (signIn.intent === "test") return null;
	const connection =
		signIn.connectionId && (await findConnection(db, signIn.workspaceId, signIn.connectionId));
	if (!connection) return "connection_off";
	if (connection.status === "paused") return "connection_paused";
	if (connection.status !== "active") return "connection_off";
	return connection.revision === signIn.connectionRevision ? null : "connection_changed";
}

/** Refusals of one sender that a workspace's log tells one by one. More are counted. */
const toldPerSender = { name: "sso.refused", points: 20, seconds: 900 };

/**
 * Ends an attempt in a refusal, with its trace and its event, in one transaction. No provider has
 * vouched for anybody yet, so a stranger could go on like this for ever.
 */
async function endRefused(
	db: Db,
	signIn: SignIn,
	reason: Reason,
	trace: TraceStep[],
	{ address }: Visitor,
	now: Date,
): Promise<Refused> {
	const told = await consume(db, toldPerSender, `${signIn.workspaceId} ${senderOf(address)}`);
	await transact(db, async (tx) => {
		await tx
			.update(signIns)
			.set({ endedAt: now, outcome: "refuse", reason, trace })
			.where(keyOf(signIn));
		if (signIn.intent === "test") return;
		if (!told.ok) await countRefusal(tx, signIn.workspaceId, "sign_in.more_refused", address, now);
		else
			await record(
				tx,
				signIn.workspaceId,
				{ kind: "system", label: signIn.email ?? "Somebody" },
				{
					kind: "sign_in.sso",
					outcome: "refused",
					subject: { kind: "sign_in", id: signIn.id, label: signIn.code },
					details: { reason, code: signIn.code, email: signIn.email },
				},
			);
	});
	return { ok: false, reason, signIn: { workspaceId: signIn.workspaceId, id: signIn.id } };
}

/** One attempt of this workspace, or null. */
export async function findSignIn(db: Db, workspaceId: string, id: string): Promise<SignIn | null> {
	const [signIn] = await db
		.select()
		.from(signIns)
		.where(and(eq(signIns.workspaceId, workspaceId), eq(signIns.id, id)));
	return signIn ?? null;
}

/** The last test a member finished: of this connection, or of settings not saved yet. */
export async function lastTest(
	db: Db,
	workspaceId: string,
	connectionId: string | null,
	memberId: string,
): Promise<SignIn | null> {
	const hourAgo = new Date(Date.now() - 3600_000);
	const [signIn] = await db
		.select()
		.from(signIns)
		.where(
			and(
				eq(signIns.workspaceId, workspaceId),
				eq(signIns.intent, "test"),
				eq(signIns.memberId, memberId),
				isNotNull(signIns.outcome),
				connectionId ? eq(signIns.connectionId, connectionId) : isNull(signIns.connectionId),
				gt(signIns.startedAt, hourAgo),
			),
		)
		.orderBy(desc(signIns.startedAt))
		.limit(1);
	return signIn ?? null;
}

/** Ends what nobody came back for, and sweeps what it left in the engine. */
export async function expireSignIns(db: Db, now: Date): Promise<void> {
	await db
		.update(signIns)
		.set({ endedAt: now })
		.where(and(isNull(signIns.endedAt), lt(signIns.expiresAt, now)));
	await broker.sweep(db, now);
}

const keyOf = ({ workspaceId, id }: { workspaceId: string; id: string }) =>
	and(eq(signIns.workspaceId, workspaceId), eq(signIns.id, id));
