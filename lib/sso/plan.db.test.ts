/** A plan without single sign-on closes everything of it, keeps every setting, and reopens as it was. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { aMember, freshDb, operator, setPolicy } from "@/db/testing";
import { type HostileProvider, startHostileProvider } from "@/e2e/idp/hostile";
import { signInByPassword } from "@/lib/accounts/password-sign-in";
import { setPassword } from "@/lib/accounts/passwords";
import { aClient } from "@/lib/scim/testing";
import { currentPolicy } from "@/lib/workspaces/policy";
import { changePlan, type Plan, type Workspace, workspaceById } from "@/lib/workspaces/workspaces";
import { forget } from "./broker";
import { activateConnection, listConnections } from "./connections";
import { addDomain, listDomains } from "./domains";
import { wayIn } from "./routing";
import { saveConnection } from "./save";
import { readyDraft } from "./settings";
import { aBrowser, ada, atProvider, client, draftFor, readerOf } from "./testing";

let db: Db;
let provider: HostileProvider;
beforeAll(async () => {
	db = await freshDb();
	provider = await startHostileProvider(client);
	await forget(db, { id: "none" });
});
afterAll(() => provider.close());

async function onPlan(workspace: Workspace, plan: Plan): Promise<Workspace> {
	const now = await workspaceById(db, workspace.id);
	if (!now) throw new Error("gone");
	await transact(db, (tx) => changePlan(tx, operator, now, plan));
	return { ...now, plan };
}

it("is refused in every place, kept, and back as it was with the plan", async () => {
	const { connected, signIn } = atProvider(db, provider);
	const world = await connected({ autoProvision: "on", enforceSso: { mode: "off" } });
	const { workspace, connection } = world;
	const admin = await aMember(db, workspace, { email: "ines@acme.test", roleByHand: "admin" });
	await transact(db, (tx) => setPassword(tx, workspace.id, admin.id, "a long passphrase here"));
	await transact(db, (tx) => setPolicy(tx, workspace.id, { enforceSso: { mode: "on" } }));
	const directory = await aClient(db, workspace.id);
	const password = () =>
		signInByPassword(
			db,
			{ email: "ines@acme.test", password: "a long passphrase here", slug: workspace.slug },
			aBrowser(),
			new Date(),
		);
	const settings = async () => ({
		connections: await listConnections(db, workspace.id),
		domains: await listDomains(db, workspace.id),
		policy: (await currentPolicy(db, workspace.id)).document,
	});
	const works = async () => {
		expect(await signIn(world, { claims: ada })).toMatchObject({ kind: "session" });
		expect(await wayIn(db, ada.email, workspace.slug, new Date())).toMatchObject({ kind: "sso" });
		expect((await directory.send("GET", "/Users")).status).toBe(200);
		expect(await password()).toMatchObject({ ok: false, reason: "sso_required" });
	};
	await works();
	const before = await settings();

	const free = await onPlan(workspace, "free");
	const draft = draftFor(provider.issuer);
	const refused = { ok: false, reason: "plan_needed" };
	expect(await signIn(world, { claims: ada })).toMatchObject(refused);
	expect(await wayIn(db, ada.email, workspace.slug, new Date())).toMatchObject({
		kind: "password",
	});
	const saved = await saveConnection(db, operator, free, connection.id, draft, readerOf(provider));
	expect(saved).toMatchObject(refused);
	expect(await readyDraft(free, draft, connection, readerOf(provider))).toMatchObject(refused);
	await transact(db, async (tx) => {
		expect(await activateConnection(tx, operator, free, connection.id)).toMatchObject(refused);
		expect(await addDomain(tx, operator, free, "labs.acme.test")).toMatchObject(refused);
	});
	const scim = await directory.send("GET", "/Users");
	expect([scim.status, scim.body.detail]).toEqual([403, expect.stringContaining("plan")]);
	// What enforces a way in that is closed would lock everybody out.
	expect(await password()).toMatchObject({ ok: true });
	expect(await settings()).toEqual(before);

	await onPlan(workspace, "enterprise");
	expect(await settings()).toEqual(before);
	await works();
});
