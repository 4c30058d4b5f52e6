import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { activity, members, sessions, signIns } from "@/db/schema";
import { aMember, freshDb, operator } from "@/db/testing";
import { samlAttacks } from "@/e2e/idp/hostile-saml";
import { providerMetadata, samlKeys } from "@/e2e/idp/saml-response";
import {
	aBrowser,
	answer,
	ask,
	metadataOf,
	post,
	type SamlWorld,
	samlDraft,
	samlWorld,
	signInBySaml,
} from "@/e2e/idp/saml-world";
import { guardedFetch } from "@/lib/platform/egress";
import { pauseConnection, removeConnection } from "../connections";
import { finishSignIn, pendingChange } from "../finish";
import { saveConnection } from "../save";
import { fetchMetadata } from "./metadata";
import { newestOf, serviceKeys } from "./service-keys";
import { serviceAddresses } from "./sp";
import { binding } from "./xml";

let db: Db;
let world: SamlWorld;
beforeAll(async () => {
	db = await freshDb();
	world = await samlWorld(db);
});

const nobodyIn = async ({ workspace }: SamlWorld) =>
	(await db.select().from(sessions).where(eq(sessions.workspaceId, workspace.id))).length;

/** The reasons that a workspace's log tells of refused sign-ins. */
async function told({ workspace }: SamlWorld): Promise<unknown[]> {
	const rows = await db
		.select({ details: activity.details })
		.from(activity)
		.where(and(eq(activity.workspaceId, workspace.id), eq(activity.kind, "sign_in.sso")));
	return rows.map(({ details }) => (details as { reason?: string }).reason).filter(Boolean);
}

describe("attacks on a response, through acceptance", () => {
	it("S1 to S8, S10, S11, S14 to S17, S24: each is refused, makes no session and is told", async () => {
		const { acsUrl, entityId: audience } = serviceAddresses(world.connection.id);
		const attacks = samlAttacks({
			keys: world.keys,
			entityId: world.entityId,
			acsUrl,
			audience,
			requestId: "_attacked",
			now: new Date(),
			nameId: "maya@acme.test",
			victim: "admin@acme.test",
			ours: newestOf(await serviceKeys(db)).certificate,
		}).filter(({ unasked, wantEncrypted }) => !unasked && !wantEncrypted);
		// One of each here: that each is refused for its own cause is the gate's own test.
		const firsts = attacks.filter(({ id }, at) => attacks.findIndex((one) => one.id === id) === at);
		for (const { id, name, xml } of firsts) {
			const asked = await ask(world);
			await db.update(signIns).set({ requestId: "_attacked" }).where(eq(signIns.id, asked.id));
			const accepted = await post(world, xml, asked.state, asked.browser);
			expect(accepted, `${id} ${name}`).toMatchObject({ ok: false });
			const [row] = await db.select().from(signIns).where(eq(signIns.id, asked.id));
			expect(row, `${id} ${name}`).toMatchObject({
				outcome: "refuse",
				reason: expect.any(String),
				ticketHash: null,
			});
		}
		expect(firsts.length).toBeGreaterThan(10);
		expect(await nobodyIn(world)).toBe(0);
		expect((await told(world)).length).toBe(firsts.length);
	});
});

describe("a response that is genuine", () => {
	it("signs its person in, and the second time welcomes them", async () => {
		const here = await samlWorld(db);
		expect(await signInBySaml(here)).toMatchObject({ ok: true, kind: "session" });
		expect(await signInBySaml(here)).toMatchObject({ ok: true, kind: "session" });
		const [session] = await db
			.select()
			.from(sessions)
			.where(eq(sessions.workspaceId, here.workspace.id));
		expect(session?.providerSession).toMatchObject({
			protocol: "saml",
			nameId: "maya@acme.test",
			sessionIndex: expect.stringMatching(/^_/),
		});
	});

	it("is opened where it was encrypted to us", async () => {
		const here = await samlWorld(db, { draft: { wantEncrypted: true } });
		const { certificate: encryptTo } = newestOf(await serviceKeys(db));
		expect(await signInBySaml(here, { encryptTo })).toMatchObject({ ok: true, kind: "session" });
		expect(await signInBySaml(here, { encryptTo, sign: ["response"] })).toMatchObject({ ok: true });
		expect(await signInBySaml(here)).toMatchObject({ ok: false, reason: "saml_not_encrypted" });
	});

	it("S12: is taken once, in both flows", async () => {
		const here = await samlWorld(db, { draft: { idpInitiated: "accept" } });
		const asked = await ask(here);
		const xml = answer(here, { requestId: asked.requestId });
		expect(await post(here, xml, asked.state, asked.browser)).toMatchObject({ ok: true });
		expect(await post(here, xml, asked.state, asked.browser)).toMatchObject({
			ok: false,
			reason: "answer_used",
		});
		const unasked = answer(here);
		expect(await post(here, unasked, "")).toMatchObject({ ok: true });
		expect(await post(here, unasked, "")).toMatchObject({ ok: false, reason: "answer_used" });
	});

	it("S13: is refused without the state of the request it answers", async () => {
		const here = await samlWorld(db, { draft: { idpInitiated: "accept" } });
		const asked = await ask(here);
		const xml = answer(here, { requestId: asked.requestId });
		for (const state of ["", "another state"])
			expect(await post(here, xml, state)).toMatchObject({ ok: false, reason: "request_differs" });
	});

	it("S14: is refused as the answer to another request", async () => {
		const [one, two] = [await ask(world), await ask(world)];
		const xml = answer(world, { requestId: one.requestId });
		expect(await post(world, xml, two.state)).toMatchObject({ reason: "request_differs" });
	});

	it("S18: of a hostile workspace's provider reaches nobody of another", async () => {
		const maya = await aMember(db, world.workspace, { email: "target@acme.test" });
		const hostile = await samlWorld(db, { domain: "evil.test", keys: samlKeys("Evil") });
		const done = await signInBySaml(hostile, { nameId: "target@acme.test" });
		expect(done).toMatchObject({ ok: false, reason: "domain_not_verified" });
		const [after] = await db.select().from(members).where(eq(members.id, maya.id));
		expect(after).toEqual(maya);
	});

	it("S19: of another workspace's connection is refused in this one's sign-in", async () => {
		const hostile = await samlWorld(db);
		const asked = await ask(world);
		const xml = answer(hostile, { requestId: asked.requestId });
		expect(await post(world, xml, asked.state)).toMatchObject({
			ok: false,
			reason: "recipient_differs",
		});
		const theirs = await ask(hostile);
		expect(await post(world, xml, theirs.state)).toMatchObject({
			ok: false,
			reason: "state_unknown",
		});
	});

	it("S20: of one provider signs in to both workspaces that it serves", async () => {
		const other = await samlWorld(db, { domain: "other.test" });
		expect(await signInBySaml(other, { nameId: "o@other.test" })).toMatchObject({ ok: true });
		expect(await signInBySaml(world, { nameId: "m@acme.test" })).toMatchObject({ ok: true });
	});

	it("S23: is refused once its connection is paused or gone, before and after it was posted", async () => {
		const here = await samlWorld(db, { draft: { idpInitiated: "accept" } });
		const [first, second] = [await ask(here), await ask(here)];
		const accepted = await post(here, answer(here, { requestId: first.requestId }), first.state);
		await transact(db, (tx) => pauseConnection(tx, operator, here.workspace, here.connection.id));
		if (!accepted.ok) throw new Error(accepted.reason);
		const paused = { ok: false, reason: "connection_paused" };
		expect(await finishSignIn(db, accepted.ticket, first.browser, true, new Date())).toMatchObject(
			paused,
		);
		const late = answer(here, { requestId: second.requestId });
		expect(await post(here, late, second.state)).toMatchObject(paused);
		expect(await post(here, answer(here), "")).toMatchObject(paused);
		await transact(db, (tx) => removeConnection(tx, operator, here.workspace, here.connection.id));
		expect(await post(here, answer(here), "")).toMatchObject({ reason: "state_unknown" });
		expect(await nobodyIn(here)).toBe(0);
	});

	it("S25: passes with either of two certificates, and not with one that was removed", async () => {
		const next = samlKeys("The next one");
		const here = await samlWorld(db);
		const save = (keys: (typeof next)[]) =>
			saveConnection(
				db,
				operator,
				here.workspace,
				here.connection.id,
				samlDraft({ metadataXml: metadataOf(here.entityId, keys) }),
			);
		const proved = await save([here.keys, next]);
		// A rollover is no new connection: what was proved stays proved.
		expect(proved).toMatchObject({ ok: true, connection: { revision: 1, status: "active" } });
		expect(await signInBySaml(here)).toMatchObject({ ok: true });
		expect(await signInBySaml({ ...here, keys: next })).toMatchObject({ ok: true });
		await save([next]);
		expect(await signInBySaml(here)).toMatchObject({ ok: false, reason: "signature_invalid" });
	});

	it("S27: posted by a victim's browser is of no use there", async () => {
		const asked = await ask(world);
		const xml = answer(world, { requestId: asked.requestId, nameId: "attacker@acme.test" });
		const victim = aBrowser();
		const accepted = await post(world, xml, asked.state, victim);
		if (!accepted.ok) throw new Error(accepted.reason);
		expect(await finishSignIn(db, accepted.ticket, victim, true, new Date())).toMatchObject({
			ok: false,
			reason: "other_browser",
		});
		const [row] = await db.select().from(signIns).where(eq(signIns.id, asked.id));
		expect(row).toMatchObject({ outcome: "refuse", reason: "other_browser" });
		expect(await told(world)).toContain("other_browser");
	});
});

describe("a sign-in that the provider began", () => {
	it("S23: leads to the start where the connection does not take it", async () => {
		expect(await post(world, answer(world), "")).toMatchObject({ ok: false, reason: "start_here" });
	});

	it("S27: asks the person first, by name, and signs in only once they agree", async () => {
		const here = await samlWorld(db, { draft: { idpInitiated: "accept" } });
		const accepted = await post(here, answer(here), "/w/somewhere?a=b");
		if (!(accepted.ok && "flowId" in accepted)) throw new Error("not accepted");
		const browser = { ...aBrowser(), flowId: accepted.flowId };
		const asked = await finishSignIn(db, accepted.ticket, browser, false, new Date());
		expect(asked).toMatchObject({ ok: true, kind: "confirm" });
		expect(await nobodyIn(here)).toBe(0);
		expect(await pendingChange(db, accepted.ticket, browser, new Date())).toMatchObject({
			current: null,
			next: "maya@acme.test",
		});
		const done = await finishSignIn(db, accepted.ticket, browser, true, new Date());
		expect(done).toMatchObject({ ok: true, kind: "session", returnTo: "/w/somewhere?a=b" });
	});

	it.each(["https://evil.test", "//evil.test", "/\\evil.test"])(
		"S26: does not lead to %s afterwards",
		async (RelayState) => {
			const here = await samlWorld(db, { draft: { idpInitiated: "accept" } });
			const accepted = await post(here, answer(here), RelayState);
			if (!(accepted.ok && "flowId" in accepted)) throw new Error("not accepted");
			const browser = { ...aBrowser(), flowId: accepted.flowId };
			expect(await finishSignIn(db, accepted.ticket, browser, true, new Date())).toMatchObject({
				ok: true,
				returnTo: null,
			});
		},
	);
});

describe("metadata", () => {
	const entityId = "https://idp.acme.test/saml";
	const good = (): string => metadataOf(entityId, [world.keys]);
	const save = (metadataXml: string) =>
		saveConnection(db, operator, world.workspace, null, samlDraft({ metadataXml }));

	it("S21: a certificate without `use` still checks signatures", async () => {
		const certificates = [world.keys.certificate];
		const ssoUrl = "https://idp.acme.test/sso";
		const metadataXml = providerMetadata({ entityId, ssoUrl, certificates, use: null });
		const here = await samlWorld(db, { draft: { metadataXml } });
		expect(await signInBySaml(here)).toMatchObject({ ok: true });
		expect(await signInBySaml(here, { sign: [] })).toMatchObject({ reason: "signature_missing" });
	});

	const bad: [string, string, () => string][] = [
		[
			"our own",
			"metadata_no_provider",
			() => good().replaceAll("IDPSSODescriptor", "SPSSODescriptor"),
		],
		[
			"without a certificate",
			"certificate_missing",
			() => good().replace(/<md:KeyDescriptor[\s\S]*KeyDescriptor>/, ""),
		],
		[
			"with a javascript: address",
			"address_unsafe",
			() => good().replace("https://idp.acme.test/sso", "javascript:alert(1)"),
		],
		[
			"with an address in the clear",
			"address_unsafe",
			() => good().replace("https://idp.acme.test/sso", "http://idp.acme.test/sso"),
		],
		[
			"that would be answered at a javascript: address",
			"address_unsafe",
			() =>
				good().replace(
					"<md:NameIDFormat>",
					`<md:SingleLogoutService Binding="${binding.redirect}" Location="https://idp.acme.test/slo" ResponseLocation="javascript:alert(1)"/><md:NameIDFormat>`,
				),
		],
		["with a DOCTYPE", "metadata_malformed", () => `<!DOCTYPE a [<!ENTITY b "c">]>${good()}`],
		["of a small key", "key_weak", () => metadataOf(entityId, [samlKeys("Small", 1024)])],
		["that is none", "metadata_malformed", () => "<html></html>"],
		["that is a certificate", "metadata_certificate", () => samlKeys("Acme").certificate],
		[
			"of 260 KiB",
			"metadata_too_large",
			() => good().replace("<md:IDP", `${" ".repeat(266_000)}<md:IDP`),
		],
	];
	it.each(bad)("S21: %s is refused at save as %s", async (_, reason, xml) => {
		expect(await save(xml())).toMatchObject({ ok: false, reason, field: "metadataXml" });
	});

	it.each([
		["https://127.0.0.1/m", "metadata_blocked"],
		["https://[::1]/m", "metadata_blocked"],
		["https://169.254.169.254/latest", "metadata_blocked"],
		["https://0x7f000001/m", "metadata_blocked"],
		["https://inside.test/m", "metadata_blocked"],
		["http://93.184.216.34/m", "metadata_blocked"],
	] as const)("S22: %s is refused before any connection is made", async (address, reason) => {
		const fetch = (url: string) =>
			guardedFetch(url, { resolver: async () => ["10.0.0.7"], allow: [] });
		const saved = await saveConnection(
			db,
			operator,
			world.workspace,
			null,
			samlDraft({ source: "url", metadataUrl: address }),
			undefined,
			(url) => fetchMetadata(url, fetch, []),
		);
		expect(saved).toMatchObject({ ok: false, reason, field: "metadataUrl" });
	});

	it("S22: a redirect is not followed", async () => {
		expect(
			await fetchMetadata("https://idp.test/m", async () => ({ ok: false, reason: "redirected" })),
		).toMatchObject({ ok: false, reason: "metadata_redirected" });
	});
});
