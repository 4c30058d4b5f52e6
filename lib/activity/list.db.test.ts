import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { aWorkspace, freshDb } from "@/db/testing";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { type ActivityFilter, countNewer, findActivity, listActivity } from "./list";
import { type ActivityEvent, countRefusal, record } from "./record";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const tell = ({ id }: Workspace, event: ActivityEvent, label = "Maya Lindqvist") =>
	transact(db, (tx) => record(tx, id, { kind: "system", label }, event));

const kinds = async ({ id }: Workspace, filter: ActivityFilter) => {
	const { rows } = await listActivity(db, id, { limit: 20, before: null, ...filter });
	return rows.map(({ kind }) => kind);
};

async function busy(): Promise<Workspace> {
	const workspace = await aWorkspace(db);
	await tell(workspace, { kind: "domain.added", subject: { kind: "domain", label: "acme.test" } });
	await tell(workspace, {
		kind: "sign_in.sso",
		outcome: "refused",
		subject: { kind: "sign_in", id: "s1", label: "GH-7K2M" },
		details: { reason: "suspended", code: "GH-7K2M", email: "samuel@acme.test" },
	});
	await tell(workspace, { kind: "sign_in.password" }, "Aiko Tanaka");
	await tell(workspace, { kind: "directory.enabled" });
	return workspace;
}

describe("reading the log", () => {
	it.each([
		[{ part: "sign_ins" }, ["sign_in.password", "sign_in.sso"]],
		[{ part: "directory" }, ["directory.enabled"]],
		[{ refusedOnly: true }, ["sign_in.sso"]],
		[{ search: "aiko" }, ["sign_in.password"]],
		[{ search: "SAMUEL@" }, ["sign_in.sso"]],
		[{ search: "gh-7k2m" }, ["sign_in.sso"]],
		[{ search: "100%" }, []],
		[{ since: new Date(Date.now() + 60_000) }, []],
		[{ part: "changes", search: "acme.test" }, ["domain.added"]],
	] as const)("gives what %j asks for", async (filter, expected) => {
		expect(await kinds(await busy(), filter)).toEqual(expected);
	});

	it("tells of a sign-in where its trace is", async () => {
		const workspace = await busy();
		const { rows } = await listActivity(db, workspace.id, { limit: 20, before: null });
		expect(rows.find(({ kind }) => kind === "sign_in.sso")?.signIn).toBe("s1");
		expect(rows.find(({ kind }) => kind === "domain.added")?.signIn).toBeNull();
	});

	it("puts counted refusals where they belong in time, and in their part alone", async () => {
		const workspace = await busy();
		await countRefusal(db, workspace.id, "scim.unknown_token", "203.0.113.7", new Date());
		expect(await kinds(workspace, { part: "directory" })).toContain("scim.unknown_token");
		expect(await kinds(workspace, { part: "sign_ins" })).not.toContain("scim.unknown_token");
		const first = await listActivity(db, workspace.id, { limit: 2, before: null });
		const rest = await listActivity(db, workspace.id, { limit: 20, before: first.next });
		const all = [...first.rows, ...rest.rows].filter(({ kind }) => kind === "scim.unknown_token");
		expect(all).toHaveLength(1);
	});

	it("finds one event with everything recorded, in its workspace alone", async () => {
		const [workspace, other] = [await busy(), await aWorkspace(db)];
		const { rows } = await listActivity(db, workspace.id, { limit: 1, before: null });
		const id = rows[0]?.id ?? "";
		expect(await findActivity(db, workspace.id, id)).toMatchObject({ kind: "directory.enabled" });
		expect(await findActivity(db, other.id, id)).toBeNull();
	});

	it("counts what is newer, as far as it was asked for", async () => {
		const workspace = await busy();
		const { rows } = await listActivity(db, workspace.id, { limit: 20, before: null });
		const last = rows[0]?.id ?? "";
		expect(await countNewer(db, workspace.id, last, {})).toBe(0);
		await tell(workspace, { kind: "sign_out" });
		await tell(workspace, { kind: "directory.disabled" });
		expect(await countNewer(db, workspace.id, last, {})).toBe(2);
		expect(await countNewer(db, workspace.id, last, { part: "sign_ins" })).toBe(1);
		expect(await countNewer(db, workspace.id, last, {}, 1)).toBe(1);
	});
});
