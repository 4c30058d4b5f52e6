/** Where a SAML provider names people by address, its name for them follows the directory's. */
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transactOrUndo } from "@/db/client";
import { identities, passwords } from "@/db/schema";
import { aMember, freshDb, operator } from "@/db/testing";
import { type SamlWorld, samlWorld, signInBySaml } from "@/e2e/idp/saml-world";
import { listDrift } from "@/lib/impact/drift";
import type { Policy } from "@/lib/policy/document";
import { aClient, person } from "@/lib/scim/testing";
import { applyEntry } from "./apply-entry";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

async function aWorld(policy: Partial<Policy> = {}, more = {}) {
	const world = await samlWorld(db, { policy });
	const client = await aClient(db, world.workspace.id);
	const sent = await client.send("POST", "/Users", person("zoe@acme.test", more));
	const id = String(sent.body.id);
	const rename = (email: string) =>
		client.patch(id, {
			op: "replace",
			value: { userName: email, emails: [{ value: email, primary: true }] },
		});
	return { world, client, id, rename };
}

const comeIn = (world: SamlWorld, nameId: string, more = {}) =>
	signInBySaml(world, { nameId, ...more });

const subjects = async (memberId: string) => {
	const rows = await db.select().from(identities).where(eq(identities.memberId, memberId));
	return rows.map(({ subject }) => subject);
};

describe("a directory that changes an address", () => {
	it("changes the subject with it: the new one opens, the old one is nobody's", async () => {
		const { world, client, id, rename } = await aWorld();
		expect(await comeIn(world, "zoe@acme.test")).toMatchObject({ kind: "session" });
		expect((await rename("zoe.new@acme.test")).status).toBe(200);
		expect(await subjects(id)).toEqual(["zoe.new@acme.test"]);
		expect(await comeIn(world, "zoe.new@acme.test")).toMatchObject({ kind: "session" });
		expect(await subjects(id)).toEqual(["zoe.new@acme.test"]);
		// The address is given to somebody else, who becomes themselves.
		const other = await client.send("POST", "/Users", person("zoe@acme.test"));
		expect(await comeIn(world, "zoe@acme.test")).toMatchObject({ kind: "session" });
		expect(await subjects(String(other.body.id))).toEqual(["zoe@acme.test"]);
		expect(await subjects(id)).toEqual(["zoe.new@acme.test"]);
	});

	it("leaves a subject that is no address", async () => {
		const { world, id, rename } = await aWorld();
		const opaque = {
			nameIdFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
			attributes: { email: "zoe@acme.test" },
		};
		expect(await comeIn(world, "00u17", opaque)).toMatchObject({ kind: "session" });
		await rename("zoe.new@acme.test");
		expect(await subjects(id)).toEqual(["00u17"]);
	});

	it("takes no subject that is another member's", async () => {
		const { world, client, id, rename } = await aWorld();
		const other = await client.send("POST", "/Users", person("taken@acme.test"));
		const otherId = String(other.body.id);
		expect(await comeIn(world, "zoe@acme.test")).toMatchObject({ kind: "session" });
		expect(await comeIn(world, "taken@acme.test")).toMatchObject({ kind: "session" });
		// The directory moves the other one first, by hand their subject stays.
		await client.patch(otherId, {
			op: "replace",
			value: { userName: "moved@acme.test", emails: [{ value: "moved@acme.test", primary: true }] },
		});
		await db
			.update(identities)
			.set({ subject: "zoe.new@acme.test" })
			.where(eq(identities.memberId, otherId));
		expect((await rename("zoe.new@acme.test")).status).toBe(200);
		expect(await subjects(otherId)).toEqual(["zoe.new@acme.test"]);
		expect(await subjects(id)).toEqual([]);
	});

	it("takes neither from the last admin who could not come in with the new one", async () => {
		const { world, id, rename } = await aWorld(
			{ rolesFrom: "attribute", attributeMayGrant: "all", allowedDomains: ["acme.test"] },
			{ roles: [{ value: "Admin" }] },
		);
		const { workspace } = world;
		expect(await comeIn(world, "zoe@acme.test")).toMatchObject({ kind: "session" });
		expect((await rename("zoe@other.test")).status).toBe(200);
		expect(await subjects(id)).toEqual(["zoe@acme.test"]);
		expect(await comeIn(world, "zoe@acme.test")).toMatchObject({ kind: "session" });
		const drift = () => listDrift(db, workspace.id, 10);
		const differs = { about: "email", says: "zoe@other.test", inEffect: "zoe@acme.test" };
		expect(await drift()).toMatchObject([{ ...differs, why: "lastAdmin" }]);
		const acting = { actor: operator, fresh: true };
		const apply = () =>
			transactOrUndo(db, (tx) => applyEntry(tx, acting, workspace, id, "email", new Date()));
		expect(await apply()).toEqual({ ok: false, reason: "last_admin" });
		// Somebody else can come in: it is theirs to apply.
		const { id: memberId } = await aMember(db, workspace, { roleByHand: "admin" });
		await db.insert(passwords).values({ workspaceId: workspace.id, memberId, hash: "hash" });
		expect(await drift()).toMatchObject([{ ...differs, why: "changedHere" }]);
		expect(await apply()).toEqual({ ok: true });
		expect(await subjects(id)).toEqual(["zoe@other.test"]);
		expect(await drift()).toEqual([]);
	});
});
