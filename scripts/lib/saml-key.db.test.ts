/** Replacing our own key: both pairs work meanwhile, each workspace is told once, and then one is gone. */
import { verify } from "node:crypto";
import { and, eq, inArray } from "drizzle-orm";
import { beforeAll, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { activity, connections, installation, outbox } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { ask, type SamlWorld, samlDraft, samlWorld, signInBySaml } from "@/e2e/idp/saml-world";
import { base64Of, viewCertificate } from "@/lib/sso/saml/certificates";
import { noteCertificateTaken } from "@/lib/sso/saml/key-replacement";
import { newCertificateSince, serviceKeys, signingKeys } from "@/lib/sso/saml/service-keys";
import { serviceMetadata } from "@/lib/sso/saml/sp";
import { saveConnection } from "@/lib/sso/save";
import { replaceSamlKey, retireSamlKey, showSamlKey } from "./operator";

let db: Db;
/** One takes encrypted assertions alone, one signs its requests, one needs nothing of ours. */
let encrypting: SamlWorld;
let signing: SamlWorld;
let plain: SamlWorld;
/** A workspace without SAML. */
let other: string;
let old: string;
let fresh: string;

beforeAll(async () => {
	db = await freshDb();
	encrypting = await samlWorld(db, { draft: { name: "Encrypts", wantEncrypted: true } });
	signing = await samlWorld(db, { draft: { name: "Checks", signRequests: true } });
	plain = await samlWorld(db, { draft: { name: "Plain" } });
	other = (await aWorkspace(db)).id;
	// A second connection: the workspace is still told once.
	const { workspace } = signing;
	const second = samlDraft({ name: "Draft", source: "later", signRequests: true });
	expect(await saveConnection(db, operator, workspace, null, second)).toMatchObject({ ok: true });
	await aMember(db, workspace, { roleByHand: "admin", email: "ines@acme.test" });
	old = (await serviceKeys(db)).current.certificate;
});

const told = async (kind: "saml_key.published" | "saml_key.retired") => {
	const rows = await db.select().from(activity).where(eq(activity.kind, kind));
	return rows.map(({ workspaceId }) => workspaceId).sort();
};
const three = () => [encrypting, signing, plain].map(({ workspace }) => workspace.id).sort();

const printOf = (certificate: string) => viewCertificate(certificate).fingerprint;

/** Which certificate a request of a connection is checked with. */
async function signedWith(world: SamlWorld): Promise<string | undefined> {
	const { url } = await ask(world);
	const [text = "", signature = ""] = new URL(url).search.slice(1).split("&Signature=");
	const bytes = Buffer.from(decodeURIComponent(signature), "base64");
	return [old, fresh].find((certificate) =>
		verify("sha256", Buffer.from(text), certificate, bytes),
	);
}

const keysIn = (xml: string, use: string) =>
	[...xml.matchAll(new RegExp(`use="${use}".*?<ds:X509Certificate>([^<]*)<`, "g"))].map(
		([, key]) => key,
	);

it("begins with one certificate, which the operator can look at", async () => {
	const shown = await showSamlKey(db);
	expect(shown.text).toContain(printOf(old));
	expect(shown.text).toMatch(/until {4}20\d\d-/);
	expect(await retireSamlKey(db, undefined)).toMatchObject({ ok: false });
});

it("publishes a second one: told once in each workspace with SAML, mailed to whom it concerns", async () => {
	const replaced = await replaceSamlKey(db);
	expect(replaced).toMatchObject({ ok: true });
	const keys = await serviceKeys(db);
	expect(keys.current.certificate).toBe(old);
	fresh = keys.next?.certificate ?? "";
	expect(replaced.text).toContain(fresh.trim());
	for (const name of ["Encrypts", "Checks"]) expect(replaced.text).toContain(name);
	expect(replaced.text).not.toContain("Plain");
	expect(await told("saml_key.published")).toEqual(three());
	expect(three()).not.toContain(other);
	const mails = await db.select().from(outbox).where(eq(outbox.workspaceId, signing.workspace.id));
	expect(mails).toMatchObject([
		{ to: "ines@acme.test", subject: "Checks needs a new certificate of ours" },
	]);
	expect(mails[0]?.text).toContain(printOf(fresh));
	expect(mails[0]?.text).toContain(`/sso/connection/${signing.connection.id}`);
	// Once only: a second replacement would leave providers with a certificate nobody has.
	expect(await replaceSamlKey(db)).toMatchObject({ ok: false });
	expect(await told("saml_key.published")).toEqual(three());
});

it("keeps both private keys sealed", async () => {
	const [row] = await db.select().from(installation).where(eq(installation.key, "saml_keys"));
	const text = JSON.stringify(row?.value);
	expect(text).toContain("CERTIFICATE");
	expect(text).not.toContain("PRIVATE KEY");
});

it("has metadata name both for signing, and the new one alone to encrypt to", async () => {
	const xml = serviceMetadata("1", await serviceKeys(db), {
		signRequests: true,
		nameIdFormat: null,
	});
	expect(keysIn(xml, "signing")).toEqual([old, fresh].map(base64Of));
	expect(keysIn(xml, "encryption")).toEqual([base64Of(fresh)]);
});

it("opens what was encrypted to either, in the gate and in the engine", async () => {
	for (const encryptTo of [old, fresh])
		expect(await signInBySaml(encrypting, { encryptTo })).toMatchObject({ kind: "session" });
	expect(await signInBySaml(plain, { encryptTo: old })).toMatchObject({ kind: "session" });
	// Whoever encrypts without being asked to needs the new certificate too.
	expect((await showSamlKey(db)).text).toContain("Plain");
});

it("signs with the former for a provider that has it, until an admin says that it has the new one", async () => {
	expect(await signedWith(signing)).toBe(old);
	const { workspace, connection } = signing;
	const note = (taken: boolean, workspaceId = workspace.id) =>
		transact(db, (tx) =>
			noteCertificateTaken(tx, operator, workspaceId, connection.id, taken, new Date()),
		);
	expect(await note(true, other)).toEqual({ ok: false, reason: "stale" });
	expect(await note(true)).toEqual({ ok: true });
	const reread = await rereadOf(signing);
	expect(await signedWith(reread)).toBe(fresh);
	expect((await showSamlKey(db)).text).not.toContain("Checks");
	expect(await note(false)).toEqual({ ok: true });
	expect(await signedWith(await rereadOf(signing))).toBe(old);
	expect(await note(true)).toEqual({ ok: true });
	const kinds = ["connection.certificate_taken", "connection.certificate_not_taken"] as const;
	const rows = await db
		.select()
		.from(activity)
		.where(and(eq(activity.workspaceId, workspace.id), inArray(activity.kind, [...kinds])));
	expect(rows).toHaveLength(3);
});

async function rereadOf(world: SamlWorld): Promise<SamlWorld> {
	const [row] = await db.select().from(connections).where(eq(connections.id, world.connection.id));
	return { ...world, connection: { ...world.connection, ...row } as SamlWorld["connection"] };
}

it("signs with the new one for whoever is connected, or asks for signatures, meanwhile", async () => {
	const late = await samlWorld(db, { draft: { name: "Late", signRequests: true } });
	expect(await signedWith(late)).toBe(fresh);
	const begun = await samlWorld(db, { draft: { name: "Begins" } });
	await db
		.update(connections)
		.set({ createdAt: new Date("2026-01-01T00:00:00Z") })
		.where(eq(connections.id, begun.connection.id));
	const before = (await rereadOf(begun)).connection;
	const { id } = before;
	const saved = await saveConnection(
		db,
		operator,
		begun.workspace,
		id,
		samlDraft({ source: "none", name: "Begins", signRequests: true }),
	);
	expect(saved).toMatchObject({ ok: true });
	expect(await signedWith(await rereadOf(begun))).toBe(fresh);
	expect((await showSamlKey(db)).text).not.toMatch(/Late|Begins/);
});

it("retires the former only over those whose number is named; then nothing opens with it", async () => {
	const refused = await retireSamlKey(db, undefined);
	expect(refused).toMatchObject({ ok: false });
	expect(refused.text).toContain("Encrypts");
	expect(refused.text).toContain("--leave 2");
	expect(await retireSamlKey(db, "1")).toMatchObject({ ok: false });
	expect(await told("saml_key.retired")).toEqual([]);
	expect(await retireSamlKey(db, "2")).toMatchObject({ ok: true });
	expect((await told("saml_key.retired")).filter((id) => three().includes(id))).toEqual(three());
	expect(new Set(await told("saml_key.retired")).size).toBe(5);
	expect(await serviceKeys(db)).toMatchObject({ current: { certificate: fresh }, next: null });
	expect(await signInBySaml(encrypting, { encryptTo: old })).toEqual(
		expect.objectContaining({ ok: false, reason: "saml_encryption" }),
	);
	expect(await signInBySaml(encrypting, { encryptTo: fresh })).toMatchObject({ kind: "session" });
	const { connection } = await rereadOf(encrypting);
	expect((await signingKeys(db, connection)).certificate).toBe(fresh);
	expect(newCertificateSince(null, connection)).toBeNull();
	expect((await showSamlKey(db)).text).not.toContain("former");
});
