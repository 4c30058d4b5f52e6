/**
 * A self-test: the requests an identity provider would send through a person's life, and what must
 * come back. It runs where everything is taken back (./replay), with the workspace's own policy and
 * strictness, so that it says what that provider would find here today.
 */
import { newId } from "@/lib/platform/ids";
import type { Ask } from "./replay";

export const testClients = ["okta", "entra", "rfc"] as const;
export type TestClient = (typeof testClients)[number];

/** The steps, each a sentence in messages/en/selftest.json. */
type TestStep =
	| "connect"
	| "describe"
	| "lookup"
	| "create"
	| "read"
	| "update"
	| "deactivate"
	| "reactivate"
	| "duplicate"
	| "groups"
	| "groupCreate"
	| "groupAdd"
	| "groupRemove"
	| "groupDelete"
	| "delete";

export type StepResult = {
	step: TestStep;
	ok: boolean;
	/** What was sent: method and path. */
	sent: string;
	status: number;
	/** What the answer says where it is not what it must be. */
	detail: string | null;
};

/** What the person of the test must carry to be taken. */
export type TestNeeds = { role: string | null; groups: boolean };

const core = "urn:ietf:params:scim:schemas:core:2.0:User";
const groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";
const patchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

type Body = Record<string, unknown> & { id?: string; totalResults?: number; active?: boolean };
type Answer = { status: number; body: Body };

/** How the clients say the same things (research of what each really sends). */
const dialects: Record<
	TestClient,
	{
		connect: string;
		describe: boolean;
		profile: "PUT" | "PATCH";
		setActive: (active: boolean) => unknown;
		remove: (id: string) => unknown;
		deletes: boolean;
	}
> = {
	okta: {
		connect: "/Users?startIndex=1&count=2",
		describe: false,
		profile: "PUT",
		setActive: (active) => ({ op: "replace", value: { active } }),
		remove: (id) => ({ op: "remove", path: `members[value eq "${id}"]` }),
		// Okta deactivates people and deletes none.
		deletes: false,
	},
	entra: {
		connect: `/Users?filter=${encodeURIComponent(`userName eq "${newId()}"`)}`,
		describe: false,
		profile: "PATCH",
		setActive: (active) => ({
			op: "Replace",
			path: "active",
			value: active ? "True" : "False",
		}),
		remove: (id) => ({ op: "Remove", path: "members", value: [{ value: id }] }),
		deletes: true,
	},
	rfc: {
		connect: "/Users?count=0",
		describe: true,
		profile: "PATCH",
		setActive: (active) => ({ op: "replace", path: "active", value: active }),
		remove: (id) => ({ op: "remove", path: `members[value eq "${id}"]` }),
		deletes: true,
	},
};

/** Sends the whole life of a person and a group, and says of each step whether it was as it must be. */
export async function runSelfTest(
	ask: Ask,
	client: TestClient,
	needs: TestNeeds,
): Promise<StepResult[]> {
	const dialect = dialects[client];
	const results: StepResult[] = [];
	const step = async (
		name: TestStep,
		method: string,
		path: string,
		body: unknown,
		fits: (answer: Answer) => boolean,
	): Promise<Body> => {
		const sent = body === undefined ? {} : { body: JSON.stringify(body) };
		const answered = await ask(method, path, sent);
		const { status } = answered;
		const answer: Answer = { status, body: answered.body ? JSON.parse(answered.body) : {} };
		const ok = fits(answer);
		const said = typeof answer.body.detail === "string" ? answer.body.detail : null;
		results.push({
			step: name,
			ok,
			sent: `${method} ${path}`,
			status,
			detail: ok ? null : said,
		});
		return answer.body;
	};
	const patch = (...operations: unknown[]) => ({ schemas: [patchOp], Operations: operations });
	const person = personFor(needs);
	const lookup = `/Users?filter=${encodeURIComponent(`userName eq "${person.userName}"`)}`;

	await step("connect", "GET", dialect.connect, undefined, isStatus(200));
	if (dialect.describe) {
		const path = "/ServiceProviderConfig";
		await step("describe", "GET", path, undefined, isStatus(200));
	}
	await step("lookup", "GET", lookup, undefined, ({ status, body }) =>
		status === 200 ? body.totalResults === 0 : false,
	);
	const { id } = await step("create", "POST", "/Users", person, ({ status, body }) =>
		status === 201 ? typeof body.id === "string" : false,
	);
	// Nothing that follows can be told without somebody it is about.
	if (!id) return results;
	const at = `/Users/${id}`;
	await step("read", "GET", at, undefined, isStatus(200));
	await step("duplicate", "POST", "/Users", person, isStatus(409));
	const renamed = { ...person, id, name: { ...person.name, familyName: "Changed" } };
	const update =
		dialect.profile === "PUT"
			? renamed
			: patch({ op: "replace", path: "name.familyName", value: "Changed" });
	await step("update", dialect.profile, at, update, ({ status, body }) =>
		status === 200 ? JSON.stringify(body.name).includes("Changed") : status === 204,
	);
	if (needs.groups) await groupSteps(id);
	for (const [name, active] of [
		["deactivate", false],
		["reactivate", true],
	] as const)
		await step(name, "PATCH", at, patch(dialect.setActive(active)), ({ status, body }) =>
			status === 200 ? body.active === active : status === 204,
		);
	if (dialect.deletes) await step("delete", "DELETE", at, undefined, isStatus(204));
	return results;

	async function groupSteps(userId: string): Promise<void> {
		await step("groups", "GET", "/Groups?startIndex=1&count=100", undefined, isStatus(200));
		const group = { schemas: [groupSchema], displayName: `Self-test ${newId()}` };
		const made = await step("groupCreate", "POST", "/Groups", group, isStatus(201));
		if (!made.id) return;
		const place = `/Groups/${made.id}`;
		const add = { op: "add", path: "members", value: [{ value: userId }] };
		const isChanged = ({ status }: Answer) => status === 200 || status === 204;
		await step("groupAdd", "PATCH", place, patch(add), isChanged);
		await step("groupRemove", "PATCH", place, patch(dialect.remove(userId)), isChanged);
		await step("groupDelete", "DELETE", place, undefined, isStatus(204));
	}
}

const isStatus =
	(wanted: number) =>
	({ status }: Answer) =>
		status === wanted;

/** Somebody with everything a policy can ask for, at an address no mail can reach (RFC 2606). */
function personFor({ role }: TestNeeds) {
	const userName = `self-test-${newId()}@gatehouse.invalid`;
	return {
		schemas: [core],
		userName,
		externalId: newId(),
		displayName: "Self-test",
		name: { givenName: "Self", familyName: "Test" },
		emails: [{ value: userName, type: "work", primary: true }],
		active: true,
		...(role === null ? {} : { roles: [{ value: role }] }),
	};
}
