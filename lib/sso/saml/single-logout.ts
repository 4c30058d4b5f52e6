/**
 * SAML single logout (Profiles §4.4). From here: our request asks the provider to end its session,
 * and its response comes back. From there: its request ends the sessions here that came of it, and
 * it is told so. Whether a message is the provider's is ./logout-messages.
 */
import { createHmac } from "node:crypto";
import { type Db, lockWorkspace, transact } from "@/db/client";
import type { ProviderSession, SamlIdp } from "@/db/schema/sso";
import { countRefusal } from "@/lib/activity/record";
import { senderOf } from "@/lib/platform/addresses";
import { deriveKey, equalTexts, newToken } from "@/lib/platform/crypto";
import { consume } from "@/lib/platform/limits";
import type { Reason } from "@/lib/policy/reasons";
import { connectionById, type SamlConnection } from "../connections";
import { endProviderSessions, isFirst } from "../provider-sign-out";
import { postField, redirectTo, type SamlForm } from "./carry";
import { type Brought, logoutRequestXml, logoutResponseXml, readLogout } from "./logout-messages";
import { type KeyPair, openingKeys, serviceKeys, signingKeys } from "./service-keys";
import { serviceAddresses } from "./sp";

type SamlSession = Extract<ProviderSession, { protocol: "saml" }>;

/** Where a browser goes next: to an address, or by a form that a page of ours posts. */
export type Onward = { address: string } | { form: SamlForm };

/** Whether the provider offers to end this session. */
export function offersLogout(connection: SamlConnection, session: SamlSession): SamlIdp | null {
	const { idp } = connection.saml;
	return idp?.sloUrl && idp.entityId === session.issuer ? idp : null;
}

/** Asks the provider to end a session of its. Null where it offers no such thing. */
export function askToLogOut(
	connection: SamlConnection,
	session: SamlSession,
	keys: KeyPair,
	now: Date,
): Onward | null {
	const idp = offersLogout(connection, session);
	if (!idp?.sloUrl) return null;
	const xml = logoutRequestXml(
		{
			id: requestId(connection.id, now),
			entityId: serviceAddresses(connection.id).entityId,
			destination: idp.sloUrl,
			now,
		},
		session,
	);
	return onward(idp, idp.sloUrl, "SAMLRequest", xml, null, keys);
}

function onward(
	{ sloBinding }: SamlIdp,
	address: string,
	field: "SAMLRequest" | "SAMLResponse",
	xml: string,
	relayState: string | null,
	keys: KeyPair,
): Onward {
	if (sloBinding === "redirect")
		return { address: redirectTo(address, field, xml, relayState, keys) };
	const fields: Record<string, string> = { [field]: postField(xml, keys) };
	if (relayState !== null) fields.RelayState = relayState;
	return { form: { address, fields } };
}

/**
 * The id of a request, which its response must name. It proves itself: nothing is kept of somebody
 * who has signed out.
 */
function requestId(connectionId: string, now: Date): string {
	const said = `${now.getTime().toString(36)}.${newToken().slice(0, 16)}`;
	return `_${said}.${proofOf(connectionId, said)}`;
}

const proofOf = (connectionId: string, said: string) =>
	createHmac("sha256", deriveKey("saml logout"))
		.update(`${connectionId} ${said}`)
		.digest("base64url");

/** How long a provider may take to answer: it may sign the person out elsewhere first. */
const answerMs = 3_600_000;

function isOurs(connectionId: string, id: string, now: Date): boolean {
	const [, said = "", time = "", proof = ""] = /^_((\w+)\.[\w-]+)\.([\w-]+)$/.exec(id) ?? [];
	if (!equalTexts(proof, proofOf(connectionId, said))) return false;
	return now.getTime() - Number.parseInt(time, 36) < answerMs;
}

export type LogoutTaken =
	/** The provider's own request is done: it is told so. */
	| { ok: true; onward: Onward }
	/** Nothing is left to do but show that the person is signed out. */
	| { ok: true; onward: null; workspaceId: string }
	| { ok: false; reason: Reason };

/** Anybody may knock. */
const perSender = { name: "sso.single_logout", points: 300, seconds: 60 };

/** Longer than a request could be believed, twice over. */
const rememberedMs = 1_800_000;

/**
 * Takes what a provider sent about a sign-out: its request, or its answer to ours.
 * Refused: throttled; state_unknown where there is no such connection; connection_off where its
 *   metadata is missing; answer_used for a request seen before; request_differs for an answer to no
 *   request of ours; sign_out_unconfirmed where the provider says that it could not; and everything
 *   that `readLogout` refuses.
 */
export async function takeLogout(
	db: Db,
	connectionId: string,
	brought: Brought,
	relayState: string | null,
	address: string,
	now: Date,
): Promise<LogoutTaken> {
	const allowed = await consume(db, perSender, senderOf(address));
	if (!allowed.ok) return { ok: false, reason: "throttled" };
	const connection = await connectionById(db, connectionId);
	if (connection?.protocol !== "saml") return { ok: false, reason: "state_unknown" };
	const { workspaceId, saml } = connection;
	const refuse = async (reason: Reason): Promise<LogoutTaken> => {
		await countRefusal(db, workspaceId, "sign_out.bad_token", address, now);
		return { ok: false, reason };
	};
	if (!saml.idp) return refuse("connection_off");
	const { entityId, certificates, sloUrl, sloResponseUrl } = saml.idp;
	const ours = serviceAddresses(connectionId);
	const read = readLogout(brought, {
		entityId,
		certificates,
		destination: ours.sloUrl,
		decryptionKeys: openingKeys(await serviceKeys(db)).map(({ privateKey }) => privateKey),
		now,
	});
	if (!read.ok) return refuse(read.reason);
	const { message } = read;
	if (message.kind === "response") {
		if (!isOurs(connectionId, message.inResponseTo, now)) return refuse("request_differs");
		if (!message.succeeded) return refuse("sign_out_unconfirmed");
		return { ok: true, onward: null, workspaceId };
	}
	const { nameId, sessionIndexes } = message;
	const meant = { protocol: "saml", issuer: entityId, nameId } as const;
	const heard = await transact(db, async (tx) => {
		await lockWorkspace(tx, workspaceId, "shared");
		const until = new Date(now.getTime() + rememberedMs);
		if (!(await isFirst(tx, connection, message.id, until))) return false;
		const named = sessionIndexes.map((sessionIndex) => ({ ...meant, sessionIndex }));
		await endProviderSessions(tx, connection, named.length > 0 ? named : [meant], now);
		return true;
	});
	if (!heard) return refuse("answer_used");
	const destination = sloResponseUrl ?? sloUrl;
	if (!destination) return { ok: true, onward: null, workspaceId };
	const xml = logoutResponseXml(
		{ id: `_${newToken()}`, entityId: ours.entityId, destination, now },
		message.id,
	);
	const keys = await signingKeys(db, connection);
	return { ok: true, onward: onward(saml.idp, destination, "SAMLResponse", xml, relayState, keys) };
}
