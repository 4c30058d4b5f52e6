import { verify } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it, test } from "vitest";
import { type Db, transact } from "@/db/client";
import { activity, sessions } from "@/db/schema";
import { freshDb, operator } from "@/db/testing";
import { providerMetadata, samlKeys, sealed } from "@/e2e/idp/saml-response";
import { type SamlWorld, samlWorld, signInBySaml } from "@/e2e/idp/saml-world";
import { newToken } from "@/lib/platform/crypto";
import { findOffer, offerSignOut, providerSessionOf, takeOffer } from "../sign-out";
import { postField, redirectTo } from "./carry";
import { publishNewKey, retireFormerKey, waitingForCertificate } from "./key-replacement";
import type { Brought } from "./logout-messages";
import { newestOf, serviceKeys } from "./service-keys";
import { takeLogout } from "./single-logout";
import { serviceAddresses } from "./sp";
import { ns } from "./xml";

const keys = samlKeys("The provider");
const entityId = "https://idp.acme.test/saml";
const sloUrl = "https://idp.acme.test/slo?tenant=1";
const maya = "maya@acme.test";
const cbc = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
const oldPadding = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";

let db: Db;
let world: SamlWorld;
/** Ours. */
let certificate: string;
beforeAll(async () => {
	db = await freshDb();
	certificate = newestOf(await serviceKeys(db)).certificate;
	world = await samlWorld(db, { keys, entityId, draft: { metadataXml: metadata() } });
});

const metadata = (change = (xml: string) => xml) =>
	change(
		providerMetadata({
			entityId,
			ssoUrl: "https://idp.acme.test/sso",
			sloUrl,
			certificates: [keys.certificate],
		}),
	);

/** A person comes in. @returns the session here, and the provider's index of its own. */
async function signedIn(here = world, nameId = maya): Promise<{ id: string; index: string }> {
	const done = await signInBySaml(here, { nameId });
	if (!done.ok || done.kind !== "session") throw new Error("not signed in");
	const [last] = (await sessionsOf(here)).toSorted((a, b) => (a.id < b.id ? 1 : -1));
	const there = last?.providerSession;
	if (!last || there?.protocol !== "saml") throw new Error("no session");
	return { id: last.id, index: there.sessionIndex ?? "" };
}

const sessionsOf = ({ workspace }: SamlWorld) =>
	db.select().from(sessions).where(eq(sessions.workspaceId, workspace.id));

type Request = {
	id: string;
	issuer: string;
	destination: string;
	nameId: string;
	indexes: string[];
	issued: Date;
	more: string;
	/** Changes the name's element, as to encrypt it. */
	named: (xml: string) => string;
};

function requestXml(change: Partial<Request> = {}, here = world): string {
	const { id, issuer, destination, nameId, indexes, issued, more, named }: Request = {
		id: `_${newToken()}`,
		issuer: entityId,
		destination: serviceAddresses(here.connection.id).sloUrl,
		nameId: maya,
		indexes: [],
		issued: new Date(),
		more: "",
		named: (xml) => xml,
		...change,
	};
	return (
		'<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ' +
		`xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0" ` +
		`IssueInstant="${issued.toISOString()}" Destination="${destination}"${more}>` +
		`<saml:Issuer>${issuer}</saml:Issuer>${named(`<saml:NameID>${nameId}</saml:NameID>`)}` +
		`${indexes.map((index) => `<samlp:SessionIndex>${index}</samlp:SessionIndex>`).join("")}` +
		"</samlp:LogoutRequest>"
	);
}

/** The name encrypted to a certificate, as a provider sends it that encrypts assertions too. */
const encryptedTo =
	(certificate: string, more: { encryption?: string; transport?: string; beside?: boolean } = {}) =>
	(xml: string) =>
		sealed(
			xml.replace("<saml:NameID>", `<saml:NameID xmlns:saml="${ns.assertion}">`),
			certificate,
			more.encryption,
			more.transport,
			more.beside,
		).replaceAll("saml:EncryptedAssertion", "saml:EncryptedID");

/** Signed as a provider signs, in the query or inside. */
const inQuery = (xml: string, relayState: string | null = null, by = keys): Brought => ({
	binding: "redirect",
	query: new URL(redirectTo("https://sp.test/", "SAMLRequest", xml, relayState, by)).search,
});
const inForm = (xml: string, by = keys): Brought => ({
	binding: "post",
	value: postField(xml, by),
});

const take = (brought: Brought, here = world, relayState: string | null = null) =>
	takeLogout(db, here.connection.id, brought, relayState, "198.51.100.1", new Date());

/** Reads what our message is, checking its signature as a provider does. */
async function read(address: string) {
	const query = new URL(address).search.slice(1).replace("tenant=1&", "");
	const [signed = "", signature = ""] = query.split("&Signature=");
	const { certificate } = newestOf(await serviceKeys(db));
	const bytes = Buffer.from(decodeURIComponent(signature), "base64");
	expect(verify("sha256", Buffer.from(signed), certificate, bytes)).toBe(true);
	const fields = new URLSearchParams(query);
	const message = fields.get("SAMLRequest") ?? fields.get("SAMLResponse") ?? "";
	const xml = inflateRawSync(Buffer.from(message, "base64")).toString();
	return { xml, relayState: fields.get("RelayState") };
}

describe("a sign-out at the provider", () => {
	it.each([["in an address", inQuery] as const, ["in a form", inForm] as const])(
		"ends the session it names, %s, and answers that it did",
		async (_, carry) => {
			const [here, other] = [await signedIn(), await signedIn()];
			const taken = await take(carry(requestXml({ id: "_asked", indexes: [here.index] })), world);
			const again = await take(carry(requestXml({ id: "_asked", indexes: [other.index] })));
			expect(again).toEqual({ ok: false, reason: "answer_used" });
			const left = (await sessionsOf(world)).map(({ id }) => id);
			expect(left).toContain(other.id);
			expect(left).not.toContain(here.id);
			if (!taken.ok || !taken.onward || !("address" in taken.onward)) throw new Error("no answer");
			expect(taken.onward.address).toMatch(
				/^https:\/\/idp\.acme\.test\/slo\?tenant=1&SAMLResponse=/,
			);
			const { xml } = await read(taken.onward.address);
			expect(xml).toContain('InResponseTo="_asked"');
			expect(xml).toContain("status:Success");
			await db.execute("delete from consumed_assertions");
		},
	);

	it("ends all of the person's where it names none, nobody else's, and is told", async () => {
		await signedIn();
		const theirs = await signedIn(world, "noah@acme.test");
		await signedIn();
		const brought = inQuery(requestXml(), "their state");
		const taken = await take(brought, world, "their state");
		const left = (await sessionsOf(world)).map(({ id }) => id);
		expect(left).toEqual([theirs.id]);
		if (!taken.ok || !taken.onward || !("address" in taken.onward)) throw new Error("no answer");
		expect((await read(taken.onward.address)).relayState).toBe("their state");
		const told = await db.select().from(activity).where(eq(activity.kind, "sign_out.by_provider"));
		expect(told.length).toBeGreaterThan(0);
	});

	it.each([
		["in an address", inQuery, {}] as const,
		["in a form", inForm, {}] as const,
		["as older providers encrypt", inForm, { encryption: cbc }] as const,
		["with the key beside the data", inQuery, { beside: true }] as const,
	])("reads whom it means where the name is encrypted, %s", async (_, carry, how) => {
		const [here, theirs] = [await signedIn(), await signedIn(world, "noah@acme.test")];
		const named = encryptedTo(certificate, how);
		expect(requestXml({ named })).not.toContain(maya);
		expect(await take(carry(requestXml({ named })))).toMatchObject({ ok: true });
		const left = (await sessionsOf(world)).map(({ id }) => id);
		expect(left).not.toContain(here.id);
		expect(left).toContain(theirs.id);
	});

	it("is answered where the provider wants answers, if that is elsewhere", async () => {
		const elsewhere = "https://idp.acme.test/slo/done";
		const here = await samlWorld(db, {
			keys,
			entityId,
			draft: {
				metadataXml: metadata((xml) =>
					xml.replace(/(<md:SingleLogoutService [^>]*)\/>/, `$1 ResponseLocation="${elsewhere}"/>`),
				),
			},
		});
		await signedIn(here);
		const taken = await take(inQuery(requestXml({}, here)), here);
		if (!taken.ok || !taken.onward || !("address" in taken.onward)) throw new Error("no answer");
		expect(taken.onward.address).toMatch(/^https:\/\/idp\.acme\.test\/slo\/done\?SAMLResponse=/);
		expect((await read(taken.onward.address)).xml).toContain(`Destination="${elsewhere}"`);
		// Its own requests still go to where it takes requests.
		await signedIn(here);
		const onward = await takeOffer(db, (await offerOf(here)) ?? "", new Date());
		if (!onward || !("address" in onward)) throw new Error("no address");
		expect(onward.address.startsWith(sloUrl)).toBe(true);
	});

	it("takes a query that something on the way wrote in other letters", async () => {
		const brought = inQuery(requestXml());
		if (brought.binding !== "redirect") throw new Error("not a query");
		const query = brought.query
			.replace(/%3D/g, "%3d")
			.replace(/%2F/g, "%2f")
			.replace(/%2B/g, "%2b");
		expect(query).not.toBe(brought.query);
		expect(await take({ binding: "redirect", query })).toMatchObject({ ok: true });
	});

	const weak = (brought: Brought): Brought =>
		brought.binding === "redirect"
			? {
					...brought,
					query: brought.query.replace("xmldsig-more%23rsa-sha256", "xmldsig%23rsa-sha1"),
				}
			: brought;
	const change = (brought: Brought, by: (text: string) => string): Brought =>
		brought.binding === "redirect"
			? { ...brought, query: by(brought.query) }
			: {
					...brought,
					value: Buffer.from(by(Buffer.from(brought.value, "base64").toString())).toString(
						"base64",
					),
				};
	const hour = 3_600_000;
	const hostile: [what: string, reason: string, brought: () => Brought][] = [
		[
			"unsigned in a query",
			"signature_missing",
			() => change(inQuery(requestXml()), (query) => query.replace(/&SigAlg.*/, "")),
		],
		[
			"unsigned in a form",
			"signature_missing",
			() => ({ binding: "post", value: Buffer.from(requestXml()).toString("base64") }),
		],
		[
			"signed by another key in a query",
			"signature_invalid",
			() => inQuery(requestXml(), null, samlKeys("Evil")),
		],
		[
			"signed by another key in a form",
			"signature_invalid",
			() => inForm(requestXml(), samlKeys("Evil")),
		],
		["signed with SHA-1", "signature_weak", () => weak(inQuery(requestXml()))],
		[
			"with another state than was signed",
			"signature_invalid",
			() =>
				change(inQuery(requestXml(), "a"), (query) =>
					query.replace("RelayState=a", "RelayState=b"),
				),
		],
		[
			"with two messages",
			"saml_malformed",
			() => change(inQuery(requestXml()), (query) => `${query}&SAMLRequest=again`),
		],
		[
			"changed after it was signed",
			"signature_invalid",
			() => change(inForm(requestXml()), (xml) => xml.replace(maya, "noah@acme.test")),
		],
		[
			"with a second element around what is signed",
			"signature_invalid",
			() => change(inForm(requestXml()), (xml) => `<a xmlns="x">${xml}</a>`),
		],
		[
			"with a DOCTYPE",
			"saml_malformed",
			() => change(inForm(requestXml()), (xml) => `<!DOCTYPE a>${xml}`),
		],
		[
			"with a comment in the name",
			"saml_malformed",
			() => inQuery(requestXml({ nameId: "maya@acme.test<!---->.evil" })),
		],
		[
			"that inflates without end",
			"saml_malformed",
			() => inQuery(requestXml({ more: ` a="${" ".repeat(400_000)}"` })),
		],
		[
			"of another provider",
			"issuer_differs",
			() => inQuery(requestXml({ issuer: "https://other.test" })),
		],
		[
			"meant for another address",
			"recipient_differs",
			() => inQuery(requestXml({ destination: "https://other.test/slo" })),
		],
		["an hour old", "clock", () => inQuery(requestXml({ issued: new Date(Date.now() - hour) }))],
		[
			"of an hour to come",
			"clock",
			() => inForm(requestXml({ issued: new Date(Date.now() + hour) })),
		],
		[
			"that is over",
			"clock",
			() =>
				inQuery(
					requestXml({ more: ` NotOnOrAfter="${new Date(Date.now() - hour).toISOString()}"` }),
				),
		],
		["that names nobody", "subject_missing", () => inQuery(requestXml({ nameId: "" }))],
		[
			"with two names",
			"subject_missing",
			() => inQuery(requestXml({ named: (xml) => xml + xml.replace(maya, "noah@acme.test") })),
		],
		[
			"with a name in the clear beside an encrypted one",
			"subject_missing",
			() => inForm(requestXml({ named: (xml) => xml + encryptedTo(certificate)(xml) })),
		],
		[
			"with a name encrypted to another",
			"saml_encryption",
			() => inQuery(requestXml({ named: encryptedTo(keys.certificate) })),
		],
		[
			"with a name encrypted by old padding",
			"saml_encryption",
			() => inQuery(requestXml({ named: encryptedTo(certificate, { transport: oldPadding }) })),
		],
		[
			"with something else encrypted than a name",
			"saml_encryption",
			() =>
				inForm(
					requestXml({
						named: (xml) => encryptedTo(certificate)(xml.replaceAll("NameID", "Issuer")),
					}),
				),
		],
		[
			"with a comment in the name that was encrypted",
			"saml_encryption",
			() => inQuery(requestXml({ nameId: `${maya}<!---->.evil`, named: encryptedTo(certificate) })),
		],
		[
			"with other encrypted data before the name",
			"saml_encryption",
			() =>
				inForm(
					requestXml({
						named: (xml) =>
							`<samlp:Extensions>${encryptedTo(certificate)(xml)}</samlp:Extensions>${encryptedTo(certificate)(xml)}`,
					}),
				),
		],
		["that is nothing", "saml_malformed", () => ({ binding: "post", value: "" })],
		["a response to no request of ours", "request_differs", () => inQuery(responseXml("_made-up"))],
	];
	test.each(hostile)("%s is refused as %s and ends nothing", async (_, reason, brought) => {
		const here = await signedIn();
		expect(await take(brought())).toEqual({ ok: false, reason });
		expect((await sessionsOf(world)).map(({ id }) => id)).toContain(here.id);
	});

	it("of one workspace's provider ends nothing in another", async () => {
		const other = await samlWorld(db, { keys, entityId, draft: { metadataXml: metadata() } });
		const theirs = await signedIn(other);
		expect(await take(inQuery(requestXml()))).toMatchObject({ ok: true });
		expect((await sessionsOf(other)).map(({ id }) => id)).toContain(theirs.id);
		expect(await take(inQuery(requestXml()), other)).toEqual({
			ok: false,
			reason: "recipient_differs",
		});
	});
});

const responseXml = (inResponseTo: string, status = "Success") =>
	requestXml()
		.replaceAll("LogoutRequest", "LogoutResponse")
		.replace('Version="2.0"', `Version="2.0" InResponseTo="${inResponseTo}"`)
		.replace(
			/<saml:NameID>.*<\/saml:NameID>/,
			`<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${status}"/></samlp:Status>`,
		);

async function offerOf(here: SamlWorld) {
	const { id } = await signedIn(here);
	const there = await providerSessionOf(db, here.workspace.id, id);
	return there && transact(db, (tx) => offerSignOut(tx, there, new Date()));
}

describe("a sign-out here", () => {
	it("is not offered where the provider has no address for it", async () => {
		expect(await offerOf(await samlWorld(db))).toBeNull();
	});

	it("asks the provider once, signed, for the session it was, and takes its answer alone", async () => {
		const token = (await offerOf(world)) ?? "";
		expect(await findOffer(db, token, new Date())).toMatchObject({ provider: "Okta" });
		const onward = await takeOffer(db, token, new Date());
		expect(await takeOffer(db, token, new Date())).toBeNull();
		if (!onward || !("address" in onward)) throw new Error("no address");
		const { xml } = await read(onward.address);
		const there = (await sessionsOf(world)).at(-1)?.providerSession;
		if (there?.protocol !== "saml") throw new Error("no session");
		expect(xml).toContain(`>${maya}</saml:NameID>`);
		expect(xml).toContain(`<samlp:SessionIndex>${there.sessionIndex}</samlp:SessionIndex>`);
		const asked = /\bID="([^"]*)"/.exec(xml)?.[1] ?? "";
		const done = { ok: true, onward: null, workspaceId: world.workspace.id };
		expect(await take(inQuery(responseXml(asked)))).toEqual(done);
		expect(await take(inForm(responseXml(asked)))).toEqual(done);
		expect(await take(inQuery(responseXml(asked, "Responder")))).toEqual({
			ok: false,
			reason: "sign_out_unconfirmed",
		});
		const forged = `${asked.slice(0, -4)}AAAA`;
		expect(await take(inQuery(responseXml(forged)))).toEqual({
			ok: false,
			reason: "request_differs",
		});
		// An answer at another connection's address is none there, whoever signed it.
		const other = await samlWorld(db, { keys, entityId, draft: { metadataXml: metadata() } });
		const moved = responseXml(asked).replace(
			serviceAddresses(world.connection.id).sloUrl,
			serviceAddresses(other.connection.id).sloUrl,
		);
		expect(await take(inQuery(moved), other)).toEqual({ ok: false, reason: "request_differs" });
	});

	it("is posted where the provider wants that", async () => {
		const posts = (xml: string) =>
			xml.replace(
				/(<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:)HTTP-Redirect/,
				"$1HTTP-POST",
			);
		const here = await samlWorld(db, { keys, entityId, draft: { metadataXml: metadata(posts) } });
		const onward = await takeOffer(db, (await offerOf(here)) ?? "", new Date());
		expect(onward).toMatchObject({
			form: { address: sloUrl, fields: { SAMLRequest: expect.any(String) } },
		});
	});
});

/** Last: it leaves another key behind. */
describe("while our key is replaced", () => {
	it("an encrypted name is read by the former key too, until that is retired", async () => {
		const former = certificate;
		await transact(db, (tx) => publishNewKey(tx, operator, new Date()));
		const fresh = newestOf(await serviceKeys(db)).certificate;
		for (const to of [former, fresh]) {
			const here = await signedIn();
			expect(await take(inQuery(requestXml({ named: encryptedTo(to) })))).toMatchObject({
				ok: true,
			});
			expect((await sessionsOf(world)).map(({ id }) => id)).not.toContain(here.id);
		}
		const retired = await transact(db, async (tx) =>
			retireFormerKey(tx, operator, (await waitingForCertificate(tx)).length),
		);
		expect(retired).toMatchObject({ ok: true });
		const here = await signedIn();
		expect(await take(inQuery(requestXml({ named: encryptedTo(former) })))).toEqual({
			ok: false,
			reason: "saml_encryption",
		});
		expect((await sessionsOf(world)).map(({ id }) => id)).toContain(here.id);
	});
});
