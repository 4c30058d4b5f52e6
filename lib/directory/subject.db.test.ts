/** Where a SAML provider names people by address, its name for them follows the directory's. */
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import type { Db } from "@/db/client";
import { identities } from "@/db/schema";
import { freshDb } from "@/db/testing";
import { type SamlWorld, samlWorld, signInBySaml } from "@/e2e/idp/saml-world";
import { aClient, person } from "@/lib/scim/testing";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

async function aWorld() {
	const world = await samlWorld(db);
	const client = await aClient(db, world.workspace.id);
	const sent = await client.send("POST", "/Users", person("zoe@acme.test"));
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
});
