/** A workspace with a SAML connection, its provider's keys in the test's own hands. */
import { type Db, transact } from "@/db/client";
import { aWorkspace, operator } from "@/db/testing";
import { newToken } from "@/lib/platform/crypto";
import type { Policy } from "@/lib/policy/document";
import { activateConnection, findConnection, type SamlConnection } from "@/lib/sso/connections";
import { vouchForDomain } from "@/lib/sso/domains";
import { mappingFields, type SamlDraft } from "@/lib/sso/draft";
import { finishSignIn } from "@/lib/sso/finish";
import { acceptResponse } from "@/lib/sso/saml/sign-in";
import { serviceAddresses } from "@/lib/sso/saml/sp";
import { saveConnection } from "@/lib/sso/save";
import { beginSignIn, type FlowVisitor } from "@/lib/sso/sign-in";
import type { Workspace } from "@/lib/workspaces/workspaces";
import {
	buildResponse,
	posted,
	providerMetadata,
	type ResponseParts,
	readRequest,
	type SamlKeys,
	samlKeys,
} from "./saml-response";

export type SamlWorld = {
	db: Db;
	workspace: Workspace;
	connection: SamlConnection;
	keys: SamlKeys;
	entityId: string;
};

/** A draft with the provider's metadata pasted in. */
export const samlDraft = (more: Partial<SamlDraft> = {}): SamlDraft => ({
	protocol: "saml",
	name: "Okta",
	provider: "okta",
	claimMapping: mappingFields(null),
	source: "xml",
	metadataUrl: "",
	metadataXml: "",
	entityId: "",
	ssoUrl: "",
	ssoBinding: "redirect",
	sloUrl: "",
	certificates: "",
	nameIdFormat: "",
	idpInitiated: "page",
	signRequests: false,
	wantEncrypted: false,
	...more,
});

let provider: SamlKeys | undefined;

/** One provider for all that name none: a key takes a while to make. */
function theProvider(): SamlKeys {
	provider ??= samlKeys();
	return provider;
}

/** An active connection of a new workspace that has proved acme.test. */
export async function samlWorld(
	db: Db,
	{
		policy = {},
		draft = {},
		keys = theProvider(),
		entityId = "https://idp.acme.test/saml",
		domain = "acme.test",
	}: {
		policy?: Partial<Policy>;
		draft?: Partial<SamlDraft>;
		keys?: SamlKeys;
		entityId?: string;
		domain?: string;
	} = {},
): Promise<SamlWorld> {
	const workspace = await aWorkspace(db, { policy: { autoProvision: "on", ...policy } });
	const metadataXml = metadataOf(entityId, [keys]);
	const saved = await saveConnection(
		db,
		operator,
		workspace,
		null,
		samlDraft({ metadataXml, ...draft }),
	);
	if (!saved.ok) throw new Error(saved.reason);
	await transact(db, async (tx) => {
		await vouchForDomain(tx, operator, workspace.id, domain);
		await activateConnection(tx, operator, workspace, saved.connection.id);
	});
	const connection = await findConnection(db, workspace.id, saved.connection.id);
	if (connection?.protocol !== "saml") throw new Error("gone");
	return { db, workspace, connection, keys, entityId };
}

export const metadataOf = (entityId: string, keys: SamlKeys[]) =>
	providerMetadata({
		entityId,
		ssoUrl: "https://idp.acme.test/sso",
		certificates: keys.map(({ certificate }) => certificate),
	});

export const aBrowser = (): FlowVisitor => ({
	browserId: null,
	flowId: newToken(),
	address: "203.0.113.9",
	userAgent: "test",
});

/** Begins a sign-in: what the provider gets to see of it. */
export async function ask(
	{ db, workspace, connection }: SamlWorld,
	{ browser = aBrowser(), intent = "login" as "login" | "fresh", now = new Date() } = {},
) {
	const { url, id } = await beginSignIn(db, {
		workspace,
		connection,
		settings: null,
		intent,
		memberId: null,
		email: null,
		returnTo: null,
		visitor: browser,
		now,
	});
	return { browser, id, url, ...readRequest(url) };
}

/** What the provider of a world answers. */
export const answer = (world: SamlWorld, parts: Partial<ResponseParts> = {}): string => {
	const { acsUrl, entityId: audience } = serviceAddresses(world.connection.id);
	return buildResponse({
		keys: world.keys,
		entityId: world.entityId,
		acsUrl,
		audience,
		requestId: null,
		nameId: "maya@acme.test",
		now: new Date(),
		...parts,
	});
};

/** Posts a response to the world's connection. */
export const post = (world: SamlWorld, xml: string, state: string, browser = aBrowser()) =>
	acceptResponse(world.db, world.connection.id, posted(xml, state), browser, new Date());

/** The whole way in, in one browser. */
export async function signInBySaml(world: SamlWorld, parts: Partial<ResponseParts> = {}) {
	const asked = await ask(world);
	const accepted = await post(
		world,
		answer(world, { requestId: asked.requestId, ...parts }),
		asked.state,
		asked.browser,
	);
	return accepted.ok
		? finishSignIn(world.db, accepted.ticket, asked.browser, false, new Date())
		: accepted;
}
