/**
 * A sign-in by SAML: begun here, or by the provider's own word. The response must pass the gate and
 * then the engine, and both must have seen the same person; its assertion is taken once. What the
 * answer is worth is decided in ../finish, as for every protocol.
 */
import { eq } from "drizzle-orm";
import type { Db } from "@/db/client";
import { connections, consumedAssertions, signIns } from "@/db/schema";
import type { ClaimMapping, SamlIdp, SamlSettings } from "@/db/schema/sso";
import { countRefusal } from "@/lib/activity/record";
import { hashToken, newToken } from "@/lib/platform/crypto";
import { env } from "@/lib/platform/env";
import { newId } from "@/lib/platform/ids";
import { ownPath } from "@/lib/platform/paths";
import type { Reason } from "@/lib/policy/reasons";
import { workspaceById } from "@/lib/workspaces/workspaces";
import {
	draftOf,
	endRefused,
	type FlowVisitor,
	giveTicket,
	insertWithCode,
	isStale,
	mayBegin,
	type Refused,
	rowOf,
	type SignIn,
	step,
	takeAnswer,
	verifierOf,
	whyClosed,
} from "../attempt";
import * as broker from "../broker";
import { connectionById, findConnection, keyOf, type SamlConnection } from "../connections";
import { hashOfSettings } from "../settings";
import type { Start } from "../sign-in";
import { samlIdentity, samlSession, shownFacts } from "./attributes";
import { postField, redirectTo, type SamlForm } from "./carry";
import { gate } from "./gate";
import { requestXml } from "./request";
import { openingKeys, serviceKeys, signingKeys } from "./service-keys";
import { serviceAddresses } from "./sp";

/** What a response is judged by: of the stored connection, or of the settings under test. */
type Judged = { connectionId: string; saml: SamlSettings & { idp: SamlIdp } };

/**
 * Begins an attempt with a SAML provider.
 * @returns where to send the browser: to the provider, or to our page that posts there.
 * @throws without a stored connection, which has the addresses, or without the provider's side.
 */
export async function beginSaml(db: Db, start: Start): Promise<{ url: string; id: string }> {
	const { connection, settings, intent, now } = start;
	const stored = connection?.protocol === "saml" ? connection : null;
	const saml = settings?.protocol === "saml" ? settings.saml : stored?.saml;
	if (!stored || !saml?.idp) throw new Error("a SAML sign-in needs a connection with metadata");
	const judged = { connectionId: stored.id, saml: { ...saml, idp: saml.idp } };
	const id = newId();
	const { requestId, state, codeVerifier } = await broker.beginSaml(db, { id }, engineOf(judged));
	await insertWithCode(db, {
		...rowOf(start, id, codeVerifier),
		protocol: "saml",
		draft: settings ? draftOf(settings) : null,
		settingsHash: settings ? hashOfSettings(settings, stored) : stored.settingsHash,
		stateHash: hashToken(state),
		requestId,
		issuer: saml.idp.entityId,
	});
	if (saml.idp.ssoBinding === "post")
		return { url: `${env().PUBLIC_URL}/sso/post?${new URLSearchParams({ state })}`, id };
	const keys = saml.signRequests ? await signingKeys(db, stored) : null;
	const xml = requestOf(judged, requestId, intent === "fresh", now);
	return { url: redirectTo(judged.saml.idp.ssoUrl, "SAMLRequest", xml, state, keys), id };
}

function requestOf({ connectionId, saml }: Judged, id: string, forceAuthn: boolean, now: Date) {
	const { entityId, acsUrl } = serviceAddresses(connectionId);
	return requestXml({ id, entityId, acsUrl, forceAuthn, now }, saml.idp, saml);
}

function engineOf({ connectionId, saml }: Judged): broker.SamlEngineConnection {
	const { entityId, certificates } = saml.idp;
	const addresses = serviceAddresses(connectionId);
	return { entityId, certificates, acsUrl: addresses.acsUrl, audience: addresses.entityId };
}

/**
 * The form that carries our request to a provider that wants it posted.
 * @returns null when the attempt is over, was answered, or is another browser's.
 */
export async function requestForm(
	db: Db,
	state: string,
	visitor: FlowVisitor,
	now: Date,
): Promise<SamlForm | null> {
	const [signIn] = await db
		.select()
		.from(signIns)
		.where(eq(signIns.stateHash, hashToken(state)));
	const waits = signIn && !signIn.answeredAt && !signIn.endedAt && signIn.expiresAt > now;
	if (!waits || signIn.browserHash !== hashToken(visitor.flowId) || !signIn.requestId) return null;
	const stored = await connectionOf(db, signIn);
	const judged = stored && judgedBy(signIn, stored);
	if (!judged) return null;
	const { saml } = judged;
	const keys = saml.signRequests ? await signingKeys(db, stored) : null;
	const xml = requestOf(judged, signIn.requestId, signIn.intent === "fresh", now);
	return {
		address: saml.idp.ssoUrl,
		fields: { SAMLRequest: postField(xml, keys), RelayState: state },
	};
}

async function connectionOf(db: Db, { workspaceId, connectionId }: SignIn) {
	const stored = connectionId ? await findConnection(db, workspaceId, connectionId) : null;
	return stored?.protocol === "saml" ? stored : null;
}

function judgedBy({ draft }: Pick<SignIn, "draft">, connection: SamlConnection): Judged | null {
	const saml = draft?.saml ?? connection.saml;
	return saml.idp ? { connectionId: connection.id, saml: { ...saml, idp: saml.idp } } : null;
}

export type Accepted =
	| { ok: true; ticket: string }
	/** The provider began: this browser is known by `flowId` from now on, and must still agree. */
	| { ok: true; ticket: string; flowId: string };

/**
 * Takes a response that a browser posted to a connection's address. Nobody is signed in yet.
 * Refused: state_unknown, answer_used (also where the assertion was taken before), everything that
 *   ../attempt and the gate refuse, subject_differs where the engine saw another person,
 *   name_id_transient, subject_missing; start_here where the provider began and may not, throttled.
 */
export async function acceptResponse(
	db: Db,
	connectionId: string,
	posted: { SAMLResponse: string; RelayState: string },
	visitor: FlowVisitor,
	now: Date,
): Promise<Accepted | (Refused & { flowId?: string })> {
	const connection = await connectionById(db, connectionId);
	if (connection?.protocol !== "saml") {
		await countRefusal(db, null, "sign_in.unknown_state", visitor.address, now);
		return { ok: false, reason: "state_unknown", signIn: null };
	}
	const [asked] = posted.RelayState
		? await db
				.select({ id: signIns.id, connectionId: signIns.connectionId })
				.from(signIns)
				.where(eq(signIns.stateHash, hashToken(posted.RelayState)))
		: [];
	if (!asked) return acceptUnasked(db, connection, posted, visitor, now);
	// A state of another connection's is none here.
	const { workspaceId } = connection;
	const state = asked.connectionId === connection.id ? posted.RelayState : "";
	const taken = await takeAnswer(db, workspaceId, state, visitor, now);
	if (!taken.ok) return taken;
	const { signIn } = taken;
	const read = await readResponse(db, signIn, connection, posted, visitor, now);
	return read.ok ? { ok: true, ticket: read.ticket } : read;
}

/** A response to no request of ours: taken only where this connection's admin wants that. */
async function acceptUnasked(
	db: Db,
	connection: SamlConnection,
	posted: { SAMLResponse: string; RelayState: string },
	visitor: FlowVisitor,
	now: Date,
): Promise<Accepted | (Refused & { flowId?: string })> {
	const allowed = await mayBegin(db, visitor);
	if (!allowed.ok) return { ok: false, reason: "throttled", signIn: null };
	const workspace = await workspaceById(db, connection.workspaceId);
	const judged = judgedBy({ draft: null }, connection);
	if (!workspace || !judged) return { ok: false, reason: "connection_off", signIn: null };
	// The post came from another site, so the browser brought no cookie to know it by.
	const flowId = newToken();
	const id = newId();
	const engine = await broker.beginSaml(db, { id }, engineOf(judged));
	const start: Start = {
		workspace,
		connection,
		settings: null,
		intent: "login",
		memberId: null,
		email: null,
		returnTo: ownPath(posted.RelayState),
		visitor: { ...visitor, flowId },
		now,
	};
	await insertWithCode(db, {
		...rowOf(start, id, engine.codeVerifier),
		protocol: "saml",
		initiatedBy: "idp",
		settingsHash: connection.settingsHash,
		stateHash: hashToken(engine.state),
		issuer: judged.saml.idp.entityId,
	});
	const taken = await takeAnswer(db, workspace.id, engine.state, visitor, now);
	if (!taken.ok) return taken;
	const answer = { SAMLResponse: posted.SAMLResponse, RelayState: engine.state };
	const read = await readResponse(db, taken.signIn, connection, answer, visitor, now);
	return { ...read, flowId };
}

async function readResponse(
	db: Db,
	signIn: SignIn,
	connection: SamlConnection,
	posted: { SAMLResponse: string; RelayState: string },
	visitor: FlowVisitor,
	now: Date,
): Promise<{ ok: true; ticket: string } | Refused> {
	const trace = [...signIn.trace, step("answered", true, now)];
	const refuse = async (
		reason: Reason,
		texts: { expected?: string; received?: string } = {},
	): Promise<Refused> => {
		trace.push(step(reason, false, new Date(), texts));
		await broker.forget(db, signIn);
		return endRefused(db, signIn, reason, trace, visitor, now);
	};
	const unasked = signIn.initiatedBy === "idp";
	const closed = await whyClosed(db, signIn);
	if (closed) return refuse(closed);
	if (unasked && connection.idpInitiated !== "accept") return refuse("start_here");
	const judged = judgedBy(signIn, connection);
	if (!judged) return refuse("metadata_missing");

	const { entityId, certificates } = judged.saml.idp;
	const addresses = serviceAddresses(connection.id);
	const ours = openingKeys(await serviceKeys(db));
	const verdict = gate(decode(posted.SAMLResponse), {
		entityId,
		certificates,
		acsUrl: addresses.acsUrl,
		audience: addresses.entityId,
		requestId: unasked ? null : signIn.requestId,
		wantEncrypted: judged.saml.wantEncrypted,
		decryptionKeys: ours.map(({ privateKey }) => privateKey),
		now,
	});
	if (!verdict.ok) {
		const { reason, rule, expected, received } = verdict;
		return refuse(reason, {
			...(expected === undefined ? {} : { expected }),
			received: received ?? rule,
		});
	}
	const { facts, openedWith } = verdict;
	if (!(await takeAssertion(db, connection, facts))) return refuse("answer_used");
	if (openedWith !== null && !connection.encryptedAt)
		await db.update(connections).set({ encryptedAt: now }).where(keyOf(connection));

	const engine = await broker.finishSaml(
		db,
		signIn,
		{ ...engineOf(judged), openedBy: openedWith === null ? null : (ours[openedWith] ?? null) },
		posted,
		verifierOf(signIn),
	);
	if (!engine.ok) return refuse("saml_malformed", { received: engine.description });
	// The engine writes runs of blanks as one.
	const seen = engine.claims[broker.nameIdClaim];
	if (typeof seen !== "string" || seen !== facts.nameId.value.split(" ").filter(Boolean).join(" "))
		return refuse("subject_differs");
	trace.push(step("verified", true, new Date()));

	const mapping: ClaimMapping | null = signIn.draft
		? signIn.draft.claimMapping
		: connection.claimMapping;
	const read = samlIdentity(entityId, facts, mapping);
	if (!read.ok) return refuse(read.reason, read.expected ? { expected: read.expected } : {});
	if (signIn.intent === "fresh" && isStale(read.identity, signIn))
		return refuse("needs_fresh_sign_in");
	const ticket = await giveTicket(db, signIn, {
		identity: read.identity,
		shown: shownFacts(facts),
		trace,
		providerSession: samlSession(entityId, facts),
		seconds: unasked ? 300 : 60,
		now,
	});
	return { ok: true, ticket };
}

/** The text of a response, or one that the gate refuses. Only UTF-8 has one reading. */
function decode(field: string): string {
	try {
		const bytes = Buffer.from(field, "base64");
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return "";
	}
}

/** Takes an assertion, once. @returns false when it was taken before. */
async function takeAssertion(
	db: Db,
	{ workspaceId, id: connectionId }: SamlConnection,
	{ assertionId, expiresAt }: { assertionId: string; expiresAt: Date },
): Promise<boolean> {
	const taken = await db
		.insert(consumedAssertions)
		.values({ workspaceId, connectionId, assertionId, expiresAt })
		.onConflictDoNothing()
		.returning({ id: consumedAssertions.assertionId });
	return taken.length > 0;
}
