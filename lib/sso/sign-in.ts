/**
 * One sign-in attempt with an identity provider, from start to the provider's answer. The row in
 * `sign_ins` is the transaction: its state and browser bind the answer to the browser that asked,
 * and it is answered at most once. What the answer is worth is decided in ./finish.
 *
 *   beginSignIn  -> the provider -> acceptAnswer -> a one-time ticket -> finishSignIn -> a session
 */
import { and, desc, eq, gt, isNotNull, isNull, lt } from "drizzle-orm";
import type { Db } from "@/db/client";
import { consumedAssertions, signIns } from "@/db/schema";
import type { SignInIntent } from "@/db/schema/sso";
import { hashToken } from "@/lib/platform/crypto";
import { newId } from "@/lib/platform/ids";
import type { Reason } from "@/lib/policy/reasons";
import type { Workspace } from "@/lib/workspaces/workspaces";
import {
	bindDomain,
	draftOf,
	endRefused,
	type FlowVisitor,
	giveTicket,
	insertWithCode,
	isStale,
	type Refused,
	rowOf,
	type SignIn,
	step,
	takeAnswer,
	verifierOf,
	whyClosed,
} from "./attempt";
import * as broker from "./broker";
import { choicesFor, chosenParameters, judgeDomain } from "./choices";
import { identityOf, shownClaims } from "./claims";
import type { Connection } from "./connections";
import { causeOf } from "./engine-errors";
import { oidcSession } from "./provider-session";
import { beginSaml } from "./saml/sign-in";
import {
	engineSettings,
	hashOfSettings,
	type ReadySettings,
	usesDeploymentClient,
} from "./settings";

export { type FlowVisitor, mayBegin, type Refused, type SignIn, step } from "./attempt";

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

/**
 * Begins an attempt.
 * @returns where to send the browser, and the attempt's id.
 */
export async function beginSignIn(db: Db, start: Start): Promise<{ url: string; id: string }> {
	const { workspace, connection, settings, intent } = start;
	if (settings?.protocol === "saml" || (!settings && connection?.protocol === "saml"))
		return beginSaml(db, start);
	const id = newId();
	const engine = engineSettings(settings, connection?.protocol === "oidc" ? connection : null);
	const settingsHash = settings ? hashOfSettings(settings, connection) : connection?.settingsHash;
	const deploymentClient = usesDeploymentClient(settings, connection);
	const { url, state, codeVerifier } = await broker.begin(
		db,
		{ workspaceId: workspace.id, id, deploymentClient },
		engine,
		{
			...chosenParameters(settings, connection),
			...(start.email ? { login_hint: start.email } : {}),
			...(start.chooseAccount ? { prompt: "select_account" } : {}),
			...(intent === "fresh" ? { prompt: "login", max_age: "0" } : {}),
		},
	);
	await insertWithCode(db, {
		...rowOf(start, id, codeVerifier),
		deploymentClient,
		draft: settings ? draftOf(settings) : null,
		settingsHash: settingsHash ?? "",
		stateHash: hashToken(state),
		issuer: engine.metadata.issuer,
	});
	return { url, id };
}

/**
 * Takes the provider's answer. Nobody is signed in yet: the browser gets a ticket, good once and
 * for a minute, in the browser that began.
 * @param workspaceId whose callback it came to. An answer for another workspace is unknown there.
 *   Null: the one address of the deployment's client, where no other answer is known.
 * @param answer the query of the callback.
 * Refused: state_unknown, answer_used, transaction_expired, other_browser, connection_off,
 *   connection_paused, connection_changed, issuer_differs, hosted_domain_missing and _differs, and
 *   what the provider or its token is refused for (see ./engine-errors).
 */
export async function acceptAnswer(
	db: Db,
	workspaceId: string | null,
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

	const verified = await broker.finish(db, signIn, answer, verifierOf(signIn));
	if (!verified.ok) {
		const cause = causeOf(verified.error, verified.description);
		const { reason, ...texts } = cause;
		return refuse(reason, texts);
	}
	trace.push(step("verified", true, new Date()));
	const choices = await choicesFor(db, signIn);
	const account = judgeDomain(verified.claims, signIn, choices);
	if (!account.ok)
		return refuse(account.reason, {
			expected: choices.hostedDomain ?? "",
			received: String(verified.claims.hd ?? "—"),
		});
	const read = identityOf(issuer, verified.claims, choices.mapping);
	if (!read.ok) return refuse(read.reason);
	if (signIn.intent === "fresh" && isStale(read.identity, signIn))
		return refuse("needs_fresh_sign_in");

	// The account that an admin chose fixes the domain, and with it what the test is of.
	if (account.binds) await bindDomain(db, signIn, account.binds);
	const ticket = await giveTicket(db, signIn, {
		identity: read.identity,
		shown: shownClaims(verified.claims),
		providerSession: oidcSession(
			issuer,
			read.identity.subject,
			verified.claims.sid,
			verified.idToken,
		),
		trace,
		seconds: 60,
		now,
	});
	return { ok: true, ticket };
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
	await db.delete(consumedAssertions).where(lt(consumedAssertions.expiresAt, now));
	await broker.sweep(db, now);
}
