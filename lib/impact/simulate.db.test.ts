import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { activity, members, policies } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { setPassword } from "@/lib/accounts/passwords";
import { profiles } from "@/lib/policy/profiles";
import { activateConnection } from "@/lib/sso/connections";
import { vouchForDomain } from "@/lib/sso/domains";
import { mappingFields } from "@/lib/sso/draft";
import { saveConnection } from "@/lib/sso/save";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { type SimulatedWay, type Supposed, simulate } from "./simulate";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const issuer = "https://id.acme.test";
const asIs: Supposed = { active: "asIs", directory: "asIs", emailVerified: "unsaid", group: null };

async function connected(policy = {}): Promise<Workspace> {
	const workspace = await aWorkspace(db, { policy });
	const saved = await saveConnection(
		db,
		operator,
		workspace,
		null,
		{
			protocol: "oidc",
			name: "Okta",
			provider: "okta",
			issuer,
			clientId: "gatehouse",
			clientSecret: "a secret",
			secretExpiresOn: "",
			discoveryEndpoint: "",
			scopes: "",
			claimMapping: mappingFields(null),
		},
		async () => ({
			ok: true,
			metadata: {
				issuer,
				authorization_endpoint: `${issuer}/auth`,
				token_endpoint: `${issuer}/token`,
				jwks_uri: `${issuer}/jwks`,
				userinfo_endpoint: `${issuer}/me`,
			},
		}),
	);
	if (!saved.ok) throw new Error(saved.reason);
	await transact(db, async (tx) => {
		await vouchForDomain(tx, operator, workspace.id, "acme.test");
		await activateConnection(tx, operator, workspace, saved.connection.id);
	});
	return workspace;
}

const ask = (
	workspace: Workspace,
	email: string,
	way: SimulatedWay,
	supposed: Partial<Supposed> = {},
	rules: keyof typeof profiles | null = null,
) =>
	simulate(
		db,
		workspace,
		{ email },
		way,
		rules && profiles[rules].policy,
		{ ...asIs, ...supposed },
		new Date(),
	);

describe("a simulated sign-in", () => {
	it("lets a stranger of the domain in by today's rules, and not by another profile", async () => {
		const workspace = await connected();
		expect(await ask(workspace, "New@acme.test", "sso")).toMatchObject({
			member: null,
			provider: "Okta",
			admission: { outcome: "provision" },
			access: { role: "member" },
		});
		expect(await ask(workspace, "new@acme.test", "sso", {}, "customer")).toMatchObject({
			admission: { outcome: "refuse", reason: "unknown_person" },
		});
		expect(await ask(workspace, "new@else.test", "sso")).toMatchObject({
			admission: { outcome: "refuse", reason: "domain_not_verified" },
		});
	});

	it.each([
		[{ active: "no" }, "suspended"],
		[{ emailVerified: "no" }, "email_not_verified"],
	] as const)("decides as if %j", async (supposed, reason) => {
		const workspace = await connected();
		const { email } = await aMember(db, workspace, { roleByHand: "member" });
		expect(await ask(workspace, email ?? "", "sso", supposed)).toMatchObject({
			admission: { outcome: "refuse", reason },
		});
		expect(await ask(workspace, email ?? "", "sso")).toMatchObject({
			admission: { outcome: "link" },
		});
	});

	it("asks the directory's word only where the rules do", async () => {
		const workspace = await connected({ requireProvisioning: "on" });
		const { email } = await aMember(db, workspace);
		const say = async (directory: Supposed["directory"]) =>
			(await ask(workspace, email ?? "", "sso", { directory })).admission;
		expect(await say("none")).toMatchObject({ reason: "not_in_directory" });
		expect(await say("inactive")).toMatchObject({ reason: "not_active_in_directory" });
		expect(await say("active")).toMatchObject({ outcome: "link", rule: "directory" });
	});

	it("closes the password and the tile where the rules close them", async () => {
		const workspace = await connected();
		const member = await aMember(db, workspace, { roleByHand: "member" });
		await transact(db, (tx) => setPassword(tx, workspace.id, member.id, "correct horse battery"));
		const email = member.email ?? "";
		expect((await ask(workspace, email, "password")).admission).toMatchObject({
			outcome: "welcome",
		});
		expect((await ask(workspace, email, "password", {}, "push")).admission).toMatchObject({
			reason: "sso_required",
		});
		expect((await ask(workspace, email, "idp")).admission).toMatchObject({ reason: "start_here" });
		expect((await ask(workspace, email, "google")).admission).toMatchObject({
			outcome: "refuse",
			reason: "google_off",
		});
	});

	it("gives the role that other rules would give, and says when they give none", async () => {
		const workspace = await connected();
		const { email } = await aMember(db, workspace);
		const by = (rules: keyof typeof profiles) => ask(workspace, email ?? "", "sso", {}, rules);
		expect((await by("observity")).access.role).toBe("viewer");
		const push = await by("push");
		expect(push.access).toMatchObject({ role: null, reason: "no_role" });
		expect(push.admission).toMatchObject({ outcome: "refuse", reason: "no_role" });
	});

	it("says nothing of SSO where nothing is connected", async () => {
		const workspace = await aWorkspace(db);
		expect(await ask(workspace, "a@acme.test", "sso")).toMatchObject({
			admission: null,
			provider: null,
		});
	});

	it("writes nothing, and sees nobody of another workspace", async () => {
		const [workspace, other] = [await connected(), await connected()];
		const elsewhere = await aMember(db, other, { email: "ada@acme.test" });
		const before = await count();
		expect((await ask(workspace, "ada@acme.test", "sso")).member).toBeNull();
		const byId = await simulate(
			db,
			workspace,
			{ memberId: elsewhere.id },
			"sso",
			null,
			asIs,
			new Date(),
		);
		expect(byId.member).toBeNull();
		expect(await count()).toEqual(before);
	});
});

const count = async () =>
	Promise.all([activity, members, policies].map((table) => db.$count(table)));
