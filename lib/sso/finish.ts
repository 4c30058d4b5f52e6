/**
 * The end of a sign-in attempt: the ticket is redeemed, `admit` decides on the facts of that
 * moment, and what it decided is done, recorded and turned into a session in one transaction.
 * A test runs the same decision and does nothing with it.
 */
import { and, eq, gt } from "drizzle-orm";
import { type Db, lockWorkspace, type Tx, transact } from "@/db/client";
import { identities, signIns } from "@/db/schema";
import type { TraceStep } from "@/db/schema/sso";
import { findSession, startSession } from "@/lib/accounts/sessions";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { labelOf, type Member } from "@/lib/members/members";
import { hashToken } from "@/lib/platform/crypto";
import { type Admission, admit, type SignInAttempt } from "@/lib/policy/admit";
import type { Reason } from "@/lib/policy/reasons";
import { currentPolicy } from "@/lib/workspaces/policy";
import { type Workspace, workspaceById } from "@/lib/workspaces/workspaces";
import { displayName, type Identity } from "./claims";
import { findConnection } from "./connections";
import { carryOut } from "./effects";
import { type FactConnection, loadSsoFacts } from "./facts";
import { type FlowVisitor, type Refused, type SignIn, step } from "./sign-in";
import { endTest } from "./test-sign-in";

export type Finished =
	| { ok: true; kind: "session"; browserId: string; workspace: Workspace; returnTo: string | null }
	| { ok: true; kind: "tested"; workspace: Workspace; id: string }
	/** Another member is signed in here, or the provider began: the person must say that they mean it. */
	| { ok: true; kind: "confirm"; workspace: Workspace }
	| Refused;

/**
 * Redeems a ticket.
 * @param confirmed the person has agreed to replace a live session of another member.
 * Refused: ticket_used (unknown, used, or late), other_browser, connection_* where it changed
 *   meanwhile, and whatever `admit` refuses.
 */
export async function finishSignIn(
	db: Db,
	ticket: string,
	visitor: FlowVisitor,
	confirmed: boolean,
	now: Date,
): Promise<Finished> {
	return transact(db, async (tx): Promise<Finished> => {
		const signIn = await redeem(tx, ticket, visitor, now);
		if (!signIn) return refuseStray(tx, ticket, now);
		const workspace = await workspaceById(tx, signIn.workspaceId);
		if (!workspace) return { ok: false, reason: "connection_off", signIn: null };
		const { identity, shown } = claimsOf(signIn);
		// A first contact may replace an admin's record, so it holds the workspace alone.
		const mode = (await isKnown(tx, signIn, identity)) ? "shared" : "exclusive";
		await lockWorkspace(tx, workspace.id, mode);
		const { document: policy } = await currentPolicy(tx, workspace.id);
		const connection = await connectionOf(tx, signIn);
		const session = await findSession(tx, { workspaceId: workspace.id }, visitor.browserId, now);
		const attempt = attemptOf(signIn, identity);
		const facts = connection
			? await loadSsoFacts(
					tx,
					workspace,
					connection,
					identity,
					{ provedId: provedBy(signIn, session), invitation: visitor.invitation ?? null },
					now,
				)
			: null;
		const admission: Admission = facts
			? admit(policy, attempt, facts, now)
			: { outcome: "refuse", reason: "connection_off", failed: "connection", why: [] };
		const trace = [...signIn.trace, ...stepsOf(admission, now)];

		if (signIn.intent === "test") {
			await endTest(tx, { signIn, workspace, connection, admission, shown, trace, now });
			return { ok: true, kind: "tested", workspace, id: signIn.id };
		}
		if (admission.outcome === "refuse" || !connection) {
			const reason = admission.outcome === "refuse" ? admission.reason : "connection_off";
			return endRefused(tx, signIn, reason, trace, now);
		}
		const another = session && isAnother(admission, session.member.id) ? session.member : null;
		// What the provider began, somebody else may have begun: the person must say that they mean it.
		if ((another || signIn.initiatedBy === "idp") && !confirmed) {
			await restore(tx, signIn);
			return { ok: true, kind: "confirm", workspace };
		}
		const member = await carryOut(tx, workspace, connection, identity, admission, {
			invitation: facts?.invitation ?? null,
			address: visitor.address,
			now,
		});
		const browserId = await startSession(tx, {
			workspaceId: workspace.id,
			memberId: member.id,
			method: "sso",
			connectionId: connection.id,
			providerSession: signIn.providerSession,
			policy,
			visitor,
			// A session at the provider that is hours old is no recent proof here either.
			authenticatedAt: identity.authenticatedAt ? new Date(identity.authenticatedAt) : null,
			now,
		});
		await tx
			.update(signIns)
			.set({
				endedAt: now,
				outcome: admission.outcome,
				memberId: member.id,
				trace: [...trace, step("session", true, now)],
			})
			.where(keyOf(signIn));
		await record(tx, workspace.id, actorOf(member, visitor), {
			kind: "sign_in.sso",
			subject: { kind: "connection", id: connection.id, label: connection.name },
			details: { outcome: admission.outcome, code: signIn.code, email: identity.email },
		});
		return { ok: true, kind: "session", browserId, workspace, returnTo: signIn.returnTo };
	});
}

/** Who would come in, and in whose place, for the question before it happens. Null when the ticket is over. */
export async function pendingChange(
	db: Db,
	ticket: string,
	visitor: FlowVisitor,
	now: Date,
): Promise<{ workspace: Workspace; current: string | null; next: string } | null> {
	const [signIn] = await db
		.select()
		.from(signIns)
		.where(ticketIs(ticket, visitor, now));
	const workspace = signIn && (await workspaceById(db, signIn.workspaceId));
	if (!workspace) return null;
	const session = await findSession(db, { workspaceId: workspace.id }, visitor.browserId, now);
	if (!session && signIn.initiatedBy === "sp") return null;
	const { identity } = claimsOf(signIn);
	const current = session ? labelOf(session.member) : null;
	return { workspace, current, next: nameOf(identity) };
}

const nameOf = (identity: Identity) => displayName(identity) || identity.email || "";

/** What acceptAnswer kept of the provider's answer. */
const claimsOf = (signIn: SignIn) =>
	signIn.claims as unknown as { identity: Identity; shown: Record<string, string> };

const ticketIs = (ticket: string, visitor: FlowVisitor, now: Date) =>
	and(
		eq(signIns.ticketHash, hashToken(ticket)),
		eq(signIns.browserHash, hashToken(visitor.flowId)),
		gt(signIns.ticketExpiresAt, now),
	);

/** Takes the ticket: it works once, for a minute, in the browser that began. */
async function redeem(
	tx: Tx,
	ticket: string,
	visitor: FlowVisitor,
	now: Date,
): Promise<SignIn | null> {
	const [signIn] = await tx
		.update(signIns)
		.set({ ticketHash: null })
		.where(ticketIs(ticket, visitor, now))
		.returning();
	return signIn ? { ...signIn, ticketHash: hashToken(ticket) } : null;
}

/** Gives the ticket back while the person decides; it still ends with its minute. */
async function restore(tx: Tx, signIn: SignIn): Promise<void> {
	await tx.update(signIns).set({ ticketHash: signIn.ticketHash }).where(keyOf(signIn));
}

/** The connection as it is now; for a test, with the settings under test in place of its own. */
async function connectionOf(tx: Tx, signIn: SignIn): Promise<FactConnection | null> {
	const stored = signIn.connectionId
		? await findConnection(tx, signIn.workspaceId, signIn.connectionId)
		: null;
	if (!signIn.draft) return stored;
	const { deploymentClient } = signIn;
	const { name, provider, hostedDomain } = signIn.draft;
	const tested = {
		deploymentClient,
		metadata: hostedDomain ? { hosted_domain: hostedDomain } : null,
	};
	if (stored) return { ...stored, ...tested };
	// No identity can be linked under the attempt's own id, and a test writes nothing anyway.
	const { workspaceId, id, settingsHash } = signIn;
	return {
		workspaceId,
		id,
		settingsHash,
		revision: 1,
		status: "draft",
		idpInitiated: "page",
		name,
		provider,
		...tested,
	};
}

function attemptOf(signIn: SignIn, identity: Identity): SignInAttempt {
	return {
		method: "sso",
		intent: signIn.intent,
		initiatedBy: signIn.initiatedBy,
		connectionRevision: signIn.connectionRevision ?? 1,
		email: identity.email,
		emailVerified: identity.emailVerified,
		subject: identity.subject,
		names: identity.names,
		memberId: signIn.memberId,
	};
}

async function isKnown(tx: Tx, signIn: SignIn, { issuer, subject }: Identity): Promise<boolean> {
	const rows = await tx
		.select({ memberId: identities.memberId })
		.from(identities)
		.where(
			and(
				eq(identities.workspaceId, signIn.workspaceId),
				eq(identities.connectionId, signIn.connectionId ?? signIn.id),
				eq(identities.issuer, issuer),
				eq(identities.subject, subject),
			),
		);
	return rows.length > 0;
}

/** A live session of the workspace proves its member; a test proves the admin who began it. */
function provedBy(signIn: SignIn, session: { member: Member } | null): string | null {
	return signIn.intent === "test" ? signIn.memberId : (session?.member.id ?? null);
}

function stepsOf(admission: Admission, now: Date): TraceStep[] {
	const passed = admission.why.map((check) => step(check, true, now));
	if (admission.outcome !== "refuse") return passed;
	const { failed, expected, received } = admission;
	return [
		...passed,
		step(failed, false, now, {
			...(expected === undefined ? {} : { expected }),
			...(received === undefined ? {} : { received }),
		}),
	];
}

const isAnother = (admission: Admission, memberId: string) =>
	!("memberId" in admission) || admission.memberId !== memberId;

async function endRefused(
	tx: Tx,
	signIn: SignIn,
	reason: Reason,
	trace: TraceStep[],
	now: Date,
): Promise<Refused> {
	const { workspaceId, id, code } = signIn;
	const { identity } = claimsOf(signIn);
	await tx
		.update(signIns)
		.set({ endedAt: now, outcome: "refuse", reason, trace })
		.where(keyOf(signIn));
	if (signIn.intent !== "test")
		await record(
			tx,
			workspaceId,
			{ kind: "system", label: identity.email ?? displayName(identity) },
			{
				kind: "sign_in.sso",
				outcome: "refused",
				subject: { kind: "sign_in", id, label: code },
				details: { reason, code, email: identity.email },
			},
		);
	return { ok: false, reason, signIn: { workspaceId, id } };
}

/**
 * Ends an attempt whose ticket turns up in another browser than it was given to: somebody was sent
 * what is not theirs, or a browser keeps no cookies.
 */
async function refuseStray(tx: Tx, ticket: string, now: Date): Promise<Refused> {
	const [signIn] = await tx
		.update(signIns)
		.set({ ticketHash: null })
		.where(and(eq(signIns.ticketHash, hashToken(ticket)), gt(signIns.ticketExpiresAt, now)))
		.returning();
	if (!signIn) return { ok: false, reason: "ticket_used", signIn: null };
	const trace = [...signIn.trace, step("other_browser", false, now)];
	return endRefused(tx, signIn, "other_browser", trace, now);
}

const actorOf = (member: Member, visitor: FlowVisitor): Actor => ({
	kind: "member",
	id: member.id,
	label: labelOf(member),
	address: visitor.address,
});

const keyOf = ({ workspaceId, id }: { workspaceId: string; id: string }) =>
	and(eq(signIns.workspaceId, workspaceId), eq(signIns.id, id));
