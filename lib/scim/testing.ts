/** A SCIM client for tests: real Requests to the endpoint, of a workspace's own directory. */
import { type Db, transact } from "@/db/client";
import { type connections, directoryUsers } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { enableDirectory } from "@/lib/directory/directory";
import { foldDeep, personOf } from "@/lib/directory/person";
import { issueToken } from "@/lib/directory/tokens";
import { newId } from "@/lib/platform/ids";
import type { ScimDeps } from "./call";
import { handleScim } from "./endpoint";

const actor: Actor = { kind: "operator", label: "Test operator" };
const publicUrl = "https://gatehouse.test";

export const coreUser = "urn:ietf:params:scim:schemas:core:2.0:User";
export const patchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** The fields of answers that tests look into; which of them are there depends on the answer. */
type Body = {
	id: string;
	userName: string;
	active: boolean;
	emails: { value: string }[];
	meta: {
		resourceType: string;
		created: string;
		lastModified: string;
		location: string;
		version: string;
	};
	totalResults: number;
	itemsPerPage: number;
	Resources: Body[];
	detail: string;
	[attribute: string]: unknown;
};

/** An answer, its body read. */
export type Answer = {
	status: number;
	headers: Headers;
	body: Body;
};

export type Client = {
	workspaceId: string;
	directoryId: string;
	tokenId: string;
	token: string;
	/** Sends a request with the token. A path begins behind /api/scim/v2. */
	send: (
		method: string,
		path: string,
		body?: unknown,
		headers?: Record<string, string>,
	) => Promise<Answer>;
	patch: (id: string, ...operations: unknown[]) => Promise<Answer>;
};

/** Turns a workspace's directory on and gives a client with a token of it. */
export async function aClient(
	db: Db,
	workspaceId: string,
	deps: Partial<ScimDeps> = {},
): Promise<Client> {
	const made = await transact(db, async (tx) => {
		const enabled = await enableDirectory(tx, actor, workspaceId, new Date());
		if (!enabled.ok) throw new Error(enabled.reason);
		const issued = await issueToken(tx, actor, enabled.directory, { name: "IdP" }, new Date());
		if (!issued.ok) throw new Error(issued.reason);
		return { directoryId: enabled.directory.id, tokenId: issued.stored.id, token: issued.token };
	});
	const send: Client["send"] = (method, path, body, headers = {}) =>
		request(db, method, path, body, { authorization: `Bearer ${made.token}`, ...headers }, deps);
	return {
		workspaceId,
		...made,
		send,
		patch: (id, ...operations) =>
			send("PATCH", `/Users/${id}`, { schemas: [patchOp], Operations: operations }),
	};
}

/** Sends a request with exactly these headers. A body that is a text goes as it is. */
export async function request(
	db: Db,
	method: string,
	path: string,
	body: unknown,
	headers: Record<string, string>,
	deps: Partial<ScimDeps> = {},
): Promise<Answer> {
	const response = await handleScim(
		new Request(`${publicUrl}/api/scim/v2${path}`, {
			method,
			headers: {
				...(body === undefined ? {} : { "content-type": "application/scim+json" }),
				...headers,
			},
			...(body === undefined
				? {}
				: { body: typeof body === "string" ? body : JSON.stringify(body) }),
		}),
		{
			db,
			publicUrl,
			now: () => new Date(),
			onError: (error) => {
				throw error;
			},
			...deps,
		},
	);
	const { status, headers: sent, body: text } = response;
	return {
		status,
		headers: new Headers(sent),
		body: text === null ? undefined : JSON.parse(text),
	};
}

/**
 * Puts many people into a directory as rows, for tests of lists and groups: no members stand behind
 * them. @returns their ids, in the order of the numbers given to `of`.
 */
export async function manyPeople(
	db: Db,
	{ workspaceId, directoryId }: Pick<Client, "workspaceId" | "directoryId">,
	count: number,
	of: (n: number) => Record<string, unknown>,
): Promise<string[]> {
	const start = Date.now();
	const rows = Array.from({ length: count }, (_, n) => {
		const resource = of(n);
		const { name: _called, ...columns } = personOf(resource);
		const at = new Date(start + n);
		return {
			...columns,
			workspaceId,
			directoryId,
			id: newId(),
			resource,
			search: foldDeep(resource),
			createdAt: at,
			lastModifiedAt: at,
		};
	});
	for (let from = 0; from < rows.length; from += 1000)
		await db.insert(directoryUsers).values(rows.slice(from, from + 1000));
	return rows.map(({ id }) => id);
}

/** A row of an active connection, for what depends on there being one. */
export const aConnection = (workspaceId: string, id: string): typeof connections.$inferInsert => ({
	workspaceId,
	id,
	name: "IdP",
	provider: "oidc",
	protocol: "oidc",
	status: "active",
	issuer: "https://idp.test",
	clientId: "client",
	clientSecret: "sealed",
	secretSetAt: new Date(),
	secretSetBy: "Test operator",
	metadata: {
		issuer: "https://idp.test",
		authorization_endpoint: "https://idp.test/authorize",
		token_endpoint: "https://idp.test/token",
		jwks_uri: "https://idp.test/keys",
		userinfo_endpoint: "https://idp.test/userinfo",
	},
	idpInitiated: "page",
	settingsHash: "hash",
});

/** A person as Okta sends one. */
export const person = (userName: string, more: Record<string, unknown> = {}) => ({
	schemas: [coreUser],
	userName,
	name: { givenName: "Ada", familyName: "Byron" },
	emails: [{ primary: true, value: userName, type: "work" }],
	displayName: "Ada Byron",
	active: true,
	...more,
});
