import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact, transactOrUndo } from "@/db/client";
import {
	activity,
	connections,
	directories,
	directoryUsers,
	groupMembers,
	groups,
	identities,
	members,
	signIns,
} from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { setPassword } from "@/lib/accounts/passwords";
import { listActivity } from "@/lib/activity/list";
import { record } from "@/lib/activity/record";
import { applyAccess } from "@/lib/members/access";
import { findMember, type Member, suspendMember } from "@/lib/members/members";
import { changePolicy } from "@/lib/members/policy-change";
import { recentSignIns } from "@/lib/members/sign-ins";
import { newId } from "@/lib/platform/ids";
import { aClient, person } from "@/lib/scim/testing";
import { vouchForDomain } from "@/lib/sso/domains";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { whatWouldChange } from "./what-would-change";
import { explainRole, explainSignIn } from "./why";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date();

async function inGroup(member: Member, name: string, defaultRole: string | null) {
	const { workspaceId } = member;
	const groupId = newId();
	await db.insert(groups).values({ workspaceId, id: groupId, name, nameKey: name, defaultRole });
	await db.insert(groupMembers).values({ workspaceId, groupId, memberId: member.id });
}

async function inDirectory(member: Member, resource: Record<string, unknown>) {
	const { workspaceId, id } = member;
	const directoryId = newId();
	await db.insert(directories).values({ workspaceId, id: directoryId, enabled: true });
	await db.insert(directoryUsers).values({
		workspaceId,
		directoryId,
		id,
		userName: id,
		userNameKey: id,
		externalId: `ext ${id}`,
		active: true,
		email: member.email,
		emailKey: member.emailKey,
		resource,
		memberId: id,
	});
	await transact(db, (tx) => applyAccess(tx, operator, workspaceId, [id]));
}

async function aConnection(workspace: Workspace, status: "active" | "paused") {
	const id = newId();
	await db.insert(connections).values({
		workspaceId: workspace.id,
		id,
		name: "Okta",
		provider: "okta",
		protocol: "oidc",
		status,
		issuer: "https://id.acme.test",
		clientId: "client",
		clientSecret: "sealed",
		secretSetAt: now,
		secretSetBy: "Ada",
		metadata: {
			issuer: "https://id.acme.test",
			authorization_endpoint: "",
			token_endpoint: "",
			jwks_uri: "",
			userinfo_endpoint: "",
		},
		idpInitiated: "page",
		settingsHash: newId(),
	});
	return id;
}

describe("why a role", () => {
	it("names the source, what lost, and what would be without the source", async () => {
		const workspace = await aWorkspace(db, {
			policy: { rolesFrom: "groups", defaultRole: "viewer" },
		});
		const aiko = await aMember(db, workspace, { name: "Aiko", roleByHand: "admin" });
		await inGroup(aiko, "engineering", "member");
		await inDirectory(aiko, { roles: [{ value: "viewer" }] });
		const why = await explainRole(db, aiko);
		expect(why.access).toMatchObject({
			role: "member",
			source: { kind: "workspaceGroup", name: "engineering" },
		});
		expect(why.access.losing.map(({ source, because }) => [source.kind, because])).toEqual([
			["hand", "onlyIfNone"],
			["attribute", "notRead"],
			["default", "onlyIfNone"],
		]);
		// What is explained is what is in effect.
		expect((await findMember(db, workspace.id, aiko.id))?.role).toBe(why.access.role);
		expect(why.without).toMatchObject({ role: "admin", source: { kind: "hand" } });
	});

	it("names the groups that arrived and give nothing, until one is mapped after a look", async () => {
		const workspace = await aWorkspace(db, {
			policy: { rolesFrom: "groups", defaultRole: "viewer" },
		});
		await aMember(db, workspace, { roleByHand: "admin" });
		const client = await aClient(db, workspace.id);
		const zoe = {
			workspaceId: workspace.id,
			id: String((await client.send("POST", "/Users", person("zoe@acme.test"))).body.id),
		};
		// A group that was not received gives nothing, and the explanation can say so.
		expect(await explainRole(db, zoe)).toMatchObject({
			access: { role: "viewer", source: { kind: "default" } },
			groups: { arrived: 0, unmapped: [] },
		});
		const schema = "urn:ietf:params:scim:schemas:core:2.0:Group";
		const pushed = await client.send("POST", "/Groups", {
			schemas: [schema],
			displayName: "Leads",
			members: [{ value: zoe.id }],
		});
		expect(await explainRole(db, zoe)).toMatchObject({
			access: { role: "viewer" },
			groups: { arrived: 1, unmapped: ["Leads"] },
		});
		const { document, revision } = await currentPolicy(db, workspace.id);
		const mappings = { [String(pushed.body.id)]: { role: "admin" } };
		const { changes } = await whatWouldChange(db, workspace.id, { ...document, mappings });
		expect(changes).toMatchObject([{ id: zoe.id, before: "Viewer", after: "Admin" }]);
		const acting = { actor: operator, fresh: true };
		await transactOrUndo(db, (tx) =>
			changePolicy(tx, acting, workspace.id, revision, { mappings }, null),
		);
		expect((await findMember(db, workspace.id, zoe.id))?.role).toBe("admin");
		expect((await explainRole(db, zoe)).groups).toEqual({ arrived: 1, unmapped: [] });
	});

	it("says of somebody deactivated what they would hold", async () => {
		const workspace = await aWorkspace(db);
		const ben = await aMember(db, workspace, { roleByHand: "viewer" });
		await transact(db, (tx) => suspendMember(tx, operator, ben, "admin"));
		const { access } = await explainRole(db, ben);
		expect(access).toMatchObject({ role: "viewer", source: { kind: "hand" } });
	});
});

describe("whether somebody may come in", () => {
	it("follows connection, domains, identity and enforcement as a sign-in would", async () => {
		const workspace = await aWorkspace(db, { policy: { enforceSso: { mode: "on" } } });
		const zoe = await aMember(db, workspace, { name: "Zoe" });
		await transact(db, (tx) => setPassword(tx, workspace.id, zoe.id, "a password of Zoe"));
		const ask = () => explainSignIn(db, workspace, zoe, now);
		expect(await ask()).toMatchObject({ sso: null, password: { outcome: "welcome" } });

		const connectionId = await aConnection(workspace, "active");
		expect(await ask()).toMatchObject({
			sso: { provider: "Okta", admission: { outcome: "refuse", reason: "domain_not_verified" } },
			password: { outcome: "refuse", reason: "sso_required" },
		});
		await transact(db, (tx) => vouchForDomain(tx, operator, workspace.id, "acme.test"));
		expect(await ask()).toMatchObject({ sso: { subject: null, admission: { outcome: "link" } } });
		await db.insert(identities).values({
			workspaceId: workspace.id,
			connectionId,
			issuer: "https://id.acme.test",
			subject: "zoe there",
			memberId: zoe.id,
		});
		expect(await ask()).toMatchObject({
			sso: { subject: "zoe there", admission: { outcome: "welcome", memberId: zoe.id } },
		});
		await db
			.update(connections)
			.set({ status: "paused" })
			.where(eq(connections.workspaceId, workspace.id));
		expect(await ask()).toMatchObject({
			sso: { admission: { outcome: "refuse", reason: "connection_paused" } },
			password: { outcome: "welcome" },
		});
	});

	it("writes nothing", async () => {
		const workspace = await aWorkspace(db);
		await aConnection(workspace, "active");
		await transact(db, (tx) => vouchForDomain(tx, operator, workspace.id, "acme.test"));
		const ben = await aMember(db, workspace);
		await inDirectory(ben, {});
		const count = () =>
			Promise.all([identities, members, activity, signIns].map((table) => db.$count(table)));
		const before = await count();
		expect(await explainSignIn(db, workspace, ben, now)).toMatchObject({
			sso: { admission: { outcome: "link", rule: "directory" } },
			password: null,
		});
		expect(await count()).toEqual(before);
	});
});

describe("what a member did", () => {
	it("lists sign-ins of every way, refused ones by their address and with their code", async () => {
		const workspace = await aWorkspace(db);
		const zoe = await aMember(db, workspace, { name: "Zoe" });
		const actor = { kind: "member", id: zoe.id, label: "Zoe" } as const;
		await transact(db, (tx) => record(tx, workspace.id, actor, { kind: "sign_in.password" }));
		await db.insert(signIns).values({
			workspaceId: workspace.id,
			id: newId(),
			code: "GH-7K2M",
			settingsHash: "",
			intent: "login",
			browserHash: "",
			codeVerifier: "",
			startedAt: new Date(now.getTime() - 60_000),
			expiresAt: now,
			outcome: "refuse",
			reason: "domain_not_allowed",
			email: zoe.emailKey,
			trace: [],
		});
		expect(await recentSignIns(db, zoe, 10)).toMatchObject([
			{ way: "password", refused: null, code: null },
			{ way: "sso", refused: "domain_not_allowed", code: "GH-7K2M" },
		]);
		expect(await recentSignIns(db, zoe, 1)).toHaveLength(1);
	});

	it("shows of the log what they did and what was done to them", async () => {
		const workspace = await aWorkspace(db);
		const [zoe, ben] = [await aMember(db, workspace), await aMember(db, workspace)];
		const actor = { kind: "member", id: zoe.id, label: "Zoe" } as const;
		await transact(db, (tx) => record(tx, workspace.id, actor, { kind: "sign_out" }));
		const about = async (member: Member) =>
			(await listActivity(db, workspace.id, { limit: 9, before: null, about: member.id })).rows.map(
				({ kind }) => kind,
			);
		expect(await about(zoe)).toEqual(["sign_out", "member.created"]);
		expect(await about(ben)).toEqual(["member.created"]);
		expect(
			await db.select().from(activity).where(eq(activity.workspaceId, workspace.id)),
		).toHaveLength(4);
	});
});
