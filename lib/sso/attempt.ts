/**
 * The row of one sign-in attempt, whatever its protocol: begun, answered at most once, ended in a
 * refusal or handed on with a ticket. What begins it and reads its answer is in ./sign-in and
 * ./saml/sign-in.
 */
import { randomInt } from "node:crypto";
import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { type Db, transact } from "@/db/client";
import { signIns } from "@/db/schema";
import type { ProviderSession, TraceStep } from "@/db/schema/sso";
import type { Visitor } from "@/lib/accounts/sessions";
import { countRefusal, record } from "@/lib/activity/record";
import { senderOf } from "@/lib/platform/addresses";
import { hashToken, newToken, open, seal } from "@/lib/platform/crypto";
import { type Consumed, consume } from "@/lib/platform/limits";
import { storable } from "@/lib/platform/text";
import type { Reason } from "@/lib/policy/reasons";
import type { Identity } from "./claims";
import { findConnection } from "./connections";
import { deploymentClient, hashOfShared } from "./deployment-client";
import { mappingOf, type ReadySettings } from "./settings";
import type { Start } from "./sign-in";

export type SignIn = typeof signIns.$inferSelect;

/** How long the provider may take. */
const transactionMinutes = 10;

/** What the browser is known by during the flow: the hash of a cookie only it holds. */
export type FlowVisitor = Visitor & {
	flowId: string;
	/** The token of an invitation whose link this browser followed. */
	invitation?: string | undefined;
};

/** Beginnings of one sender. Generous, since a whole office may come from one address. */
const startsPerSender = { name: "sso.start", points: 300, seconds: 300 };

/** Whether a visitor may begin another attempt: each leaves rows, and anybody may ask for one. */
export function mayBegin(db: Db, { address }: Visitor): Promise<Consumed> {
	return consume(db, startsPerSender, senderOf(address));
}

/** What every attempt's row begins with. */
export function rowOf(start: Start, id: string, codeVerifier: string) {
	const { workspace, connection, intent, visitor, now } = start;
	return {
		workspaceId: workspace.id,
		id,
		connectionId: connection?.id ?? null,
		connectionRevision: connection?.revision ?? null,
		intent,
		memberId: start.memberId,
		browserHash: hashToken(visitor.flowId),
		codeVerifier: seal(codeVerifier, verifierPlace(id)),
		returnTo: start.returnTo,
		startedAt: now,
		expiresAt: new Date(now.getTime() + transactionMinutes * 60_000),
		email: start.email,
		trace: [step("started", true, now)],
		address: visitor.address,
		userAgent: visitor.userAgent.slice(0, 512),
	};
}

/** What of the tested settings is kept with the attempt, and no secret. */
export const draftOf = (settings: ReadySettings) => ({
	name: settings.draft.name,
	provider: settings.draft.provider,
	claimMapping: mappingOf(settings.draft),
	hostedDomain: settings.protocol === "oidc" ? (settings.metadata.hosted_domain ?? null) : null,
	saml: settings.protocol === "saml" ? settings.saml : null,
});

/** What the engine needs to see that its answer is for this row. */
export const verifierOf = ({ id, codeVerifier }: Pick<SignIn, "id" | "codeVerifier">) =>
	open(codeVerifier, verifierPlace(id));

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
export async function insertWithCode(db: Db, row: Omit<typeof signIns.$inferInsert, "code">) {
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
 * Whether the provider itself says that it asked nobody, although prompt and max_age asked it to
 * (OpenID Connect Core §3.1.2.1). Clocks may differ by two minutes.
 */
export function isStale({ authenticatedAt }: Identity, { startedAt }: SignIn): boolean {
	return authenticatedAt !== null && Date.parse(authenticatedAt) < startedAt.getTime() - 120_000;
}

/**
 * Finds the attempt an answer belongs to and marks it answered; only the first answer gets it.
 * @param workspaceId whose address it came to; null: that of the deployment's client.
 */
export async function takeAnswer(
	db: Db,
	workspaceId: string | null,
	state: string,
	visitor: FlowVisitor,
	now: Date,
): Promise<{ ok: true; signIn: SignIn } | Refused> {
	const asked = and(
		eq(signIns.stateHash, hashToken(state)),
		eq(signIns.deploymentClient, workspaceId === null),
		workspaceId === null ? undefined : eq(signIns.workspaceId, workspaceId),
	);
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

/** Binds the settings under test to the domain of the account that was chosen. */
export async function bindDomain(db: Db, signIn: SignIn, hostedDomain: string): Promise<void> {
	const { draft, issuer } = signIn;
	const client = deploymentClient();
	if (!draft || !client) return;
	const rests = { clientId: client.id, issuer: issuer ?? "", hostedDomain };
	await db
		.update(signIns)
		.set({ draft: { ...draft, hostedDomain }, settingsHash: hashOfShared(rests) })
		.where(keyOf(signIn));
}

/** Why an attempt may not go on although its answer came, or null. A test binds no connection. */
export async function whyClosed(db: Db, signIn: SignIn): Promise<Reason | null> {
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
export async function endRefused(
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

/**
 * Hands an attempt on: what the provider said is kept, and the browser gets a ticket that is good
 * once.
 */
export async function giveTicket(
	db: Db,
	signIn: SignIn,
	read: {
		identity: Identity;
		shown: Record<string, string>;
		trace: TraceStep[];
		providerSession?: ProviderSession;
		/** Seconds the browser has to come back with it. */
		seconds: number;
		now: Date;
	},
): Promise<string> {
	const { identity, shown, trace, now } = read;
	const ticket = newToken();
	await db
		.update(signIns)
		.set({
			claims: { identity, shown },
			issuer: identity.issuer,
			subject: identity.subject,
			email: identity.email,
			providerSession: read.providerSession ?? null,
			trace,
			ticketHash: hashToken(ticket),
			ticketExpiresAt: new Date(now.getTime() + read.seconds * 1000),
		})
		.where(keyOf(signIn));
	return ticket;
}

const keyOf = ({ workspaceId, id }: { workspaceId: string; id: string }) =>
	and(eq(signIns.workspaceId, workspaceId), eq(signIns.id, id));
