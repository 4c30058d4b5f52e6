/**
 * Fills the database that the environment names for a measurement: workspaces with a directory, a
 * token and people, and prints what a driver needs, as JSON. The people are written by SQL, as many
 * creates would have left them: 50,000 requests would measure nothing here and take minutes.
 * A process of its own, since the embedded database belongs to one process at a time.
 */
import { randomBytes } from "node:crypto";
import { sql } from "drizzle-orm";
import { type Db, openDatabase, type Tx, transact } from "@/db/client";
import { enableDirectory } from "@/lib/directory/directory";
import { issueToken } from "@/lib/directory/tokens";
import { createWorkspace } from "@/lib/workspaces/workspaces";
import type { Place } from "./bench/target";

const operator = { kind: "operator", label: "npm run bench" } as const;

/** One workspace for each of these sizes, then so many small ones, for several tenants at once. */
const sizes = (process.env.BENCH_SIZES ?? "1000,10000,50000").split(",").map(Number);
const tenants = Number(process.env.BENCH_TENANTS ?? 20);

const { db, close } = await openDatabase();
const places: Place[] = [];
for (const users of sizes) places.push(await aPlace(db, users));
const small: Place[] = [];
for (let i = 0; i < tenants; i++) small.push(await aPlace(db, 50));
// As a database that has been running for a while knows of itself.
await db.execute(sql`analyze`);
await close();
process.stdout.write(`${JSON.stringify({ places, tenants: small })}\n`);

async function aPlace(on: Db, users: number): Promise<Place> {
	return transact(on, async (tx) => {
		const slug = `bench-${users}-${randomBytes(4).toString("hex")}`;
		const created = await createWorkspace(tx, operator, { slug, name: slug, plan: "enterprise" });
		if (!created.ok) throw new Error(created.reason);
		const workspaceId = created.workspace.id;
		const now = new Date();
		const enabled = await enableDirectory(tx, operator, workspaceId, now);
		if (!enabled.ok) throw new Error(enabled.reason);
		const issued = await issueToken(tx, operator, enabled.directory, { name: "Bench" }, now);
		if (!issued.ok) throw new Error(issued.reason);
		await fill(tx, workspaceId, enabled.directory.id, users);
		// Nobody's IdP switches half of its people off within minutes, as this driver does: that the
		// brake counts is measured, what it holds is not.
		await tx.execute(sql`update policies set document =
			document || '{"brake": {"count": 1000000, "percent": 100, "minutes": 1}}'
			where workspace_id = ${workspaceId}`);
		return { users, workspaceId, token: issued.token };
	});
}

async function fill(tx: Tx, workspaceId: string, directoryId: string, users: number) {
	await tx.execute(sql`
		with people as (
			select i, gen_random_uuid() as id, 'user' || i || '@bench.test' as address,
				now() - (${users} - i) * interval '1 second' as at
			from generate_series(1, ${users}::int) i
		), added as (
			insert into members (workspace_id, id, email, email_key, email_proof, name, status, role,
				created_by, created_at)
			select ${workspaceId}::uuid, id, address, address, 'directory', 'User ' || i || ' Bench',
				'active', 'member', 'directory', at
			from people
			returning id
		)
		insert into directory_users (workspace_id, directory_id, id, user_name, user_name_key,
			external_id, active, email, email_key, email_keys, display_name, resource, created_at,
			last_modified_at, member_id, created_member)
		select ${workspaceId}::uuid, ${directoryId}::uuid, id, address, address, 'ext-' || i, true,
			address, address, array[address], 'User ' || i || ' Bench',
			jsonb_build_object(
				'userName', address, 'externalId', 'ext-' || i, 'active', true,
				'displayName', 'User ' || i || ' Bench',
				'name', jsonb_build_object('givenName', 'User ' || i, 'familyName', 'Bench'),
				'emails', jsonb_build_array(
					jsonb_build_object('value', address, 'type', 'work', 'primary', true))),
			at, at, id, true
		from people where (select count(*) from added) >= 0`);
}
