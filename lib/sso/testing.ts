/**
 * Sign-ins for tests: workspaces connected to a provider that says what the test tells it to, and
 * browsers that go through the flow by calls alone.
 */
import { type Db, transact } from "@/db/client";
import { aWorkspace, operator } from "@/db/testing";
import { newToken } from "@/lib/platform/crypto";
import { guardedFetch } from "@/lib/platform/egress";
import type { Policy } from "@/lib/policy/document";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { activateConnection, type Connection, findConnection } from "./connections";
import { discover } from "./discovery";
import { vouchForDomain } from "./domains";
import { mappingFields, type OidcDraft } from "./draft";
import { type Finished, finishSignIn } from "./finish";
import { saveConnection } from "./save";
import { acceptAnswer, beginSignIn, type FlowVisitor, type Refused } from "./sign-in";

/** The client that the provider knows us as. */
export const client = { id: "gatehouse", secret: "the client secret of the tests" };
export const ada = { sub: "ada", email: "ada@acme.test", email_verified: true };

/** What is asked of e2e/idp/hostile.ts. */
type Provider<Answers> = {
	issuer: string;
	say: (answers: Answers) => void;
	answerTo: (url: string) => Record<string, string>;
};

export type SsoWorld = { workspace: Workspace; connection: Connection };

export const aBrowser = (): FlowVisitor => ({
	browserId: null,
	flowId: newToken(),
	address: "203.0.113.9",
	userAgent: "test",
});

/** The fields of a connection's form, for this provider. */
export const draftFor = (issuer: string, values: Partial<OidcDraft> = {}): OidcDraft => ({
	protocol: "oidc",
	name: "Acme",
	provider: "oidc",
	issuer,
	clientId: client.id,
	clientSecret: client.secret,
	secretExpiresOn: "",
	discoveryEndpoint: "",
	scopes: "",
	claimMapping: mappingFields(null),
	...values,
});

/** Reads the settings of a provider on loopback. */
export const readerOf =
	({ issuer: own }: { issuer: string }): typeof discover =>
	(issuer, endpoint) =>
		discover(issuer, endpoint, (address) => guardedFetch(address, { allow: [new URL(own).host] }));

/** What a test does at one provider. */
export function atProvider<Answers>(db: Db, provider: Provider<Answers>) {
	/** A workspace with an active connection to it, where acme.test is proved. */
	async function connected(
		policy: Partial<Policy> = {},
		values: Partial<OidcDraft> = {},
	): Promise<SsoWorld> {
		const workspace = await aWorkspace(db, { policy });
		const draft = draftFor(provider.issuer, values);
		const saved = await saveConnection(db, operator, workspace, null, draft, readerOf(provider));
		if (!saved.ok) throw new Error(saved.reason);
		await transact(db, async (tx) => {
			await vouchForDomain(tx, operator, workspace.id, "acme.test");
			await activateConnection(tx, operator, workspace, saved.connection.id);
		});
		const connection = await findConnection(db, workspace.id, saved.connection.id);
		if (!connection) throw new Error("gone");
		return { workspace, connection };
	}

	/** Begins a sign-in, or with a member one that must be fresh. */
	function begin(
		{ workspace, connection }: SsoWorld,
		visitor = aBrowser(),
		{ memberId }: { memberId: string | null } = { memberId: null },
	) {
		return beginSignIn(db, {
			workspace,
			connection,
			settings: null,
			intent: memberId ? "fresh" : "login",
			memberId,
			email: null,
			returnTo: null,
			visitor,
			now: new Date(),
		});
	}

	/** A whole sign-in: where it was refused, or how it ended. */
	async function signIn(
		world: SsoWorld,
		answers: Answers,
		browser = aBrowser(),
	): Promise<Finished | Refused> {
		const { url } = await begin(world, browser);
		const answer = provider.answerTo(url);
		provider.say(answers);
		const accepted = await acceptAnswer(db, world.workspace.id, answer, browser, new Date());
		if (!accepted.ok) return accepted;
		return finishSignIn(db, accepted.ticket, browser, false, new Date());
	}

	return { connected, begin, signIn };
}
