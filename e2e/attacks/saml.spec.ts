/**
 * S1 to S27 of the attack catalogue, against the running product, by somebody who has a provider's
 * keys, or one genuine response, and browsers that are scripts.
 */
import { rules } from "@/lib/sso/saml/rules";
import { expect, test } from "../fixtures";
import { Client } from "../fixtures/client";
import { expectIn, expectRefused, expectSentence, type Sql } from "../fixtures/hostile";
import {
	answerOf,
	askSaml,
	attemptSaml,
	bringSaml,
	metadataFor,
	type SamlTarget,
	samlTarget,
	theKeys,
} from "../fixtures/hostile-saml";
import { ask } from "../fixtures/raw";
import { samlAttacks } from "../idp/hostile-saml";
import { posted, samlKeys } from "../idp/saml-response";

/** What the log says where a rule, or a stage between them, objects. */
const reasonOf: Record<string, string> = {
	...Object.fromEntries(
		Object.values(rules).flatMap((group) => group.map((one) => [one.name, one.reason])),
	),
	well_formed: "saml_malformed",
	verified: "signature_invalid",
	signed: "signature_missing",
	decrypted: "saml_encryption",
};

/** Another sender, so that the log tells of each refusal by itself. */
const senders = (function* () {
	for (let at = 0; ; at++) yield new Client(`127.0.2.${1 + (Math.floor(at / 15) % 250)}`);
})();
const attacker = () => senders.next().value as Client;

const sessionsOf = async ({ world }: SamlTarget, sql: Sql) =>
	sql(`select id from sessions where workspace_id = '${world.workspace.id}'`);

test("S1, S2, S3, S4, S5, S6, S7, S8, S10, S11, S13, S14, S15, S16, S17, S19, S24: every hostile response is refused, with its reason in the log", async ({
	newWorld,
	connect,
	sql,
}) => {
	const open = await samlTarget({ newWorld, connect });
	const encrypted = await samlTarget({ newWorld, connect }, { values: { wantEncrypted: true } });
	const { body: ours } = await ask(`/api/sso/certificate/${open.connection}`);
	const attacksOn = (target: SamlTarget) =>
		samlAttacks({
			...target,
			requestId: "_attacked",
			nameId: `maya@${target.world.domain}`,
			victim: target.world.admin.email,
			now: new Date(),
			ours,
		});
	const all = [
		...attacksOn(open).filter(({ wantEncrypted }) => !wantEncrypted),
		...attacksOn(encrypted).filter(({ wantEncrypted }) => wantEncrypted),
	];
	// What is larger than any response is refused before it is read: S9 below.
	const hostile = all.filter(({ rule }) => rule !== "size");
	const begun = [];
	for (const attack of hostile) {
		const target = attack.wantEncrypted ? encrypted : open;
		const client = attacker();
		const { state } = attack.unasked ? { state: "" } : await askSaml(target, client);
		begun.push({ ...attack, target, client, state });
	}
	const places = [open, encrypted].map(({ world }) => `'${world.workspace.id}'`).join();
	await sql(`update sign_ins set request_id = '_attacked' where workspace_id in (${places})`);
	const expected: Record<string, string> = {};
	const seen = new Set<string>();
	for (const { id, name, rule, xml, target, client, state } of begun) {
		const tried = await bringSaml(target, client, xml, state);
		const what = `${id} ${name}`;
		const reason = reasonOf[rule] ?? rule;
		// One of each is looked at as its visitor and its admin do, all of them in the log below.
		if (!seen.has(id)) await expectSentence(tried, what);
		seen.add(id);
		expect(tried.location, what).toContain("/sso/refused");
		expect(tried.client.cookie("__Host-gatehouse.session"), what).toBe("");
		const attempt = new URLSearchParams(tried.location.split("?")[1]).get("id") ?? what;
		expected[attempt] = `${what}: ${reason}`;
	}
	const told = await sql<{ id: string; reason: string; told: string }>(
		`select s.id, s.reason, a.details->>'reason' as told from sign_ins s
		join activity a on a.workspace_id = s.workspace_id and a.subject_id = s.id::text
		where s.workspace_id in (${places}) and s.outcome = 'refuse'`,
	);
	for (const { id, reason, told: inLog } of told) {
		expect(expected[id]).toMatch(new RegExp(`: ${reason}$`));
		expect(inLog).toBe(reason);
	}
	expect(told.length).toBe(hostile.length);
	expect(seen.size).toBe(17);
	expect(await sessionsOf(open, sql)).toEqual([]);
	expect(await sessionsOf(encrypted, sql)).toEqual([]);
	// The same by the same provider, honestly: what was refused was refused for its fault.
	expectIn(await attemptSaml(open), open.world);
	expectIn(await attemptSaml(encrypted, { encryptTo: ours }), encrypted.world);
});

test("S9: a body of 1 MB or 5 MB is refused unread, and others are answered meanwhile", async ({
	newWorld,
	connect,
}) => {
	const target = await samlTarget({ newWorld, connect });
	const path = `/api/sso/acs/${target.connection}`;
	for (const megabytes of [1, 5]) {
		const body = new URLSearchParams({ SAMLResponse: "A".repeat(megabytes * 1024 * 1024) });
		const [refused, health] = await Promise.all([ask(path, { body }), ask("/api/health")]);
		expect(refused.status).toBe(413);
		expect(refused.headers["set-cookie"]).toBeUndefined();
		expect(health.status).toBe(200);
	}
	const other = await ask(path, { body: new FormData() });
	expect(other.status).toBe(415);
});

test("S12: one response is taken once, whoever asked for it", async ({
	newWorld,
	connect,
	sql,
}) => {
	const target = await samlTarget({ newWorld, connect });
	const { client, requestId, state } = await askSaml(target);
	const xml = answerOf(target, { requestId });
	expectIn(await bringSaml(target, client, xml, state), target.world);
	const again = await bringSaml(target, new Client(), xml, state);
	expect(again.location).toContain("why=answer_used");
	const unasked = answerOf(target);
	const first = await bringSaml(target, new Client(), unasked, "");
	expect(first.location).toContain("/sso/confirm?");
	await expectRefused(
		await bringSaml(target, attacker(), unasked, ""),
		target.world,
		"answer_used",
		sql,
	);
	// Twice at once: one of them has it.
	const race = answerOf(target);
	const both = await Promise.all([1, 2].map(() => bringSaml(target, new Client(), race, "")));
	expect(both.filter(({ location }) => location.startsWith("/sso/confirm?")).length).toBe(1);
});

test("S13, S14: an answer is of use for the request it names, and without its state for none", async ({
	newWorld,
	connect,
	sql,
}) => {
	const target = await samlTarget({ newWorld, connect });
	const { requestId } = await askSaml(target);
	const xml = answerOf(target, { requestId });
	for (const state of ["", "guessed"])
		await expectRefused(
			await bringSaml(target, attacker(), xml, state),
			target.world,
			"request_differs",
			sql,
			`state "${state}"`,
		);
	const other = await askSaml(target, attacker());
	await expectRefused(
		await bringSaml(target, other.client, xml, other.state),
		target.world,
		"request_differs",
		sql,
		"another request",
	);
});

test("S18, S19: another workspace's provider reaches nobody here, in its own flow or in ours", async ({
	newWorld,
	connect,
	sql,
}) => {
	const target = await samlTarget({ newWorld, connect });
	const hostile = await samlTarget({ newWorld, connect }, { keys: samlKeys("Evil") });
	const victim = { nameId: target.world.admin.email };
	await expectRefused(
		await attemptSaml(hostile, victim),
		hostile.world,
		"domain_not_verified",
		sql,
		"S18",
	);
	const { client, requestId, state } = await askSaml(target, attacker());
	const theirs = answerOf(hostile, { ...victim, requestId });
	// S19: by their provider for their address, and dressed as ours.
	await expectRefused(
		await bringSaml(target, client, theirs, state),
		target.world,
		"issuer_differs",
		sql,
		"S19",
	);
	const again = await askSaml(target, attacker());
	const dressed = answerOf(
		{ ...target, keys: hostile.keys },
		{ ...victim, requestId: again.requestId },
	);
	await expectRefused(
		await bringSaml(target, again.client, dressed, again.state),
		target.world,
		"signature_invalid",
		sql,
		"S19, dressed",
	);
	// Our state at their address is unknown there.
	const third = await askSaml(target, attacker());
	const carried = await bringSaml(hostile, third.client, theirs, third.state);
	expect(carried.location).toContain("why=state_unknown");
	expect(await sessionsOf(target, sql)).toEqual([]);
	expect(await sessionsOf(hostile, sql)).toEqual([]);
});

test("S20: a provider that another workspace has registered too still signs in here", async ({
	newWorld,
	connect,
}) => {
	const squatter = await samlTarget({ newWorld, connect });
	const target = await samlTarget({ newWorld, connect }, { entityId: squatter.entityId });
	expectIn(await attemptSaml(target), target.world);
	expectIn(await attemptSaml(squatter), squatter.world);
});

test("S21: metadata that no provider should have is refused at save; a key without use is one for signing", async ({
	newWorld,
	connect,
	sql,
}) => {
	const { workspace, domain } = await newWorld();
	const entityId = `https://idp.${domain}/saml`;
	const good = metadataFor(entityId, theKeys());
	const refusals: [what: string, metadata: string, reason: string][] = [
		["our own", good.replaceAll("IDPSSODescriptor", "SPSSODescriptor"), "metadata_no_provider"],
		[
			"no certificate",
			good.replace(/<md:KeyDescriptor.*KeyDescriptor>/s, ""),
			"certificate_missing",
		],
		[
			"a script",
			good.replace("https://idp.acme.test/sso", "javascript:alert(1)"),
			"address_unsafe",
		],
		["a DOCTYPE", `<!DOCTYPE a [<!ENTITY b "c">]>${good}`, "metadata_malformed"],
		["too much", good.replace("<md:IDP", `${" ".repeat(266_000)}<md:IDP`), "metadata_too_large"],
		["a small key", metadataFor(entityId, samlKeys("Small", 1024)), "key_weak"],
	];
	for (const [what, metadata, reason] of refusals)
		await expect(connect({ workspaceId: workspace.id, metadata }), what).rejects.toThrow(reason);
	const world = await newWorld();
	const target = await samlTarget({ newWorld, connect }, { world });
	await connect({
		workspaceId: world.workspace.id,
		id: target.connection,
		metadata: metadataFor(target.entityId, target.keys).replace(' use="signing"', ""),
		values: { idpInitiated: "accept" },
	});
	await expectRefused(
		await attemptSaml(target, { sign: [] }),
		world,
		"signature_missing",
		sql,
		"without use, unsigned",
	);
	expectIn(await attemptSaml(target), world);
});

test("S22: a metadata address inside, or that leads on, is refused", async ({
	newWorld,
	connect,
	idp,
}) => {
	const { workspace } = await newWorld();
	for (const metadata of [
		"https://127.0.0.1/metadata",
		"https://[::1]/metadata",
		"https://169.254.169.254/latest/meta-data",
		"https://10.0.0.7/metadata",
		"https://0x7f000001/metadata",
		"https://localhost:1/metadata",
		"http://192.0.2.1/metadata",
	])
		await expect(connect({ workspaceId: workspace.id, metadata }), metadata).rejects.toThrow(
			"metadata_blocked",
		);
	idp.misbehave({ at: "discovery", how: "redirect", to: "http://localhost:9/" });
	const leadsOn = `${idp.issuer}/.well-known/openid-configuration`;
	await expect(connect({ workspaceId: workspace.id, metadata: leadsOn })).rejects.toThrow(
		"metadata_redirected",
	);
});

test("S23: what the provider began is refused where it may not, and everything once paused or removed", async ({
	newWorld,
	connect,
	sql,
}) => {
	const target = await samlTarget({ newWorld, connect }, { values: { idpInitiated: "page" } });
	const where = `where id = '${target.connection}'`;
	const unasked = () => bringSaml(target, attacker(), answerOf(target), "");
	await expectRefused(await unasked(), target.world, "start_here", sql, "off");
	const begun = await askSaml(target, attacker());
	await sql(`update connections set status = 'paused' ${where}`);
	await expectRefused(
		await bringSaml(
			target,
			begun.client,
			answerOf(target, { requestId: begun.requestId }),
			begun.state,
		),
		target.world,
		"connection_paused",
		sql,
		"finished after the pause",
	);
	await expectRefused(await unasked(), target.world, "connection_paused", sql, "paused");
	await sql(`delete from connections ${where}`);
	const gone = await bringSaml(target, attacker(), answerOf(target), "");
	expect(gone.location).toContain("why=state_unknown");
	expect(await sessionsOf(target, sql)).toEqual([]);
});

test("S25: two certificates both work while one replaces the other, and a removed one no more", async ({
	newWorld,
	connect,
	sql,
}) => {
	const target = await samlTarget({ newWorld, connect });
	const next = samlKeys("The next one");
	const save = (...keys: (typeof next)[]) =>
		connect({
			workspaceId: target.world.workspace.id,
			id: target.connection,
			metadata: metadataFor(target.entityId, ...keys),
			values: { idpInitiated: "accept" },
		});
	await save(target.keys, next);
	expectIn(await attemptSaml(target), target.world);
	expectIn(await attemptSaml({ ...target, keys: next }), target.world);
	await save(next);
	await expectRefused(await attemptSaml(target), target.world, "signature_invalid", sql);
	expectIn(await attemptSaml({ ...target, keys: next }), target.world);
});

test("S26: RelayState and the link to a sign-in lead to our own origin alone", async ({
	newWorld,
	connect,
}) => {
	const target = await samlTarget({ newWorld, connect });
	const home = `/w/${target.world.workspace.slug}`;
	for (const elsewhere of ["https://evil.test", "//evil.test", "/\\evil.test", "/\t/evil.test"]) {
		const asked = await askSaml(target, new Client(), `&next=${encodeURIComponent(elsewhere)}`);
		const xml = answerOf(target, { requestId: asked.requestId });
		const { location } = await bringSaml(target, asked.client, xml, asked.state);
		expect(location, `next ${elsewhere}`).toBe(home);
		const begun = await bringSaml(target, new Client(), answerOf(target), elsewhere);
		expect(begun.location, `RelayState ${elsewhere}`).toMatch(/^\/sso\/confirm\?/);
		const agreed = await agree(begun.client, begun.location);
		expect(agreed, `RelayState ${elsewhere}`).toBe(home);
	}
	const begun = await bringSaml(target, new Client(), answerOf(target), `${home}/account`);
	expect(await agree(begun.client, begun.location)).toBe(`${home}/account`);
});

/** Presses the button of the page that asks. @returns where it leads. */
async function agree(client: Client, page: string): Promise<string> {
	const ticket = new URLSearchParams(page.split("?")[1]).get("ticket") ?? "";
	const { headers } = await client.post(page, { ticket });
	return headers.location ?? "";
}

test("S27: an attacker's own response posted by a victim's browser signs nobody in", async ({
	newWorld,
	connect,
	sql,
}) => {
	const target = await samlTarget({ newWorld, connect });
	const { requestId, state } = await askSaml(target);
	const nameId = `mallory@${target.world.domain}`;
	const mine = answerOf(target, { requestId, nameId });
	await expectRefused(
		await bringSaml(target, new Client(), mine, state),
		target.world,
		"other_browser",
		sql,
	);
	// What the provider began asks first, by name; and from another site nobody can press the button.
	const victim = new Client();
	const begun = await bringSaml(target, victim, answerOf(target, { nameId }), "");
	expect(begun.location).toMatch(/^\/sso\/confirm\?/);
	expect((await victim.get(begun.location)).body).toContain(nameId);
	const ticket = new URLSearchParams(begun.location.split("?")[1]).get("ticket") ?? "";
	const forced = await victim.postFrom("https://evil.test", begun.location, { ticket });
	expect(forced.status).toBe(403);
	expect(await sessionsOf(target, sql)).toEqual([]);
	// A page of another site cannot take somebody to the step that asks, either: it is theirs alone.
	const elsewhere = await new Client().get(begun.location);
	expect(elsewhere.headers.location).not.toContain("/sso/confirm");
});

test("the same document, not as a form or twice, is no response", async ({ newWorld, connect }) => {
	const target = await samlTarget({ newWorld, connect });
	const { SAMLResponse } = posted(answerOf(target), "");
	const twice = new URLSearchParams([
		["SAMLResponse", "bm90aGluZw=="],
		["SAMLResponse", SAMLResponse],
	]);
	const answered = await ask(`/api/sso/acs/${target.connection}`, { body: twice });
	expect(answered.headers.location).toContain("/sso/refused");
	const { status } = await ask(
		`/api/sso/acs/${target.connection}?${new URLSearchParams({ SAMLResponse })}`,
	);
	expect(status).toBe(405);
});
