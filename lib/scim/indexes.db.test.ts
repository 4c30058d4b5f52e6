/** What clients ask for is found by an index, however many people there are: the plans say so. */
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import type { Db } from "@/db/client";
import { aWorkspace, freshDb } from "@/db/testing";
import type { DirectoryKey } from "@/lib/directory/directory";
import { newId } from "@/lib/platform/ids";
import { groupSource, type Source, usersShown } from "./fields";
import { parseFilter } from "./filter";
import { compile } from "./sql";

let db: Db;
let directory: DirectoryKey;
const id = newId();

/** As many people whom the directory manages as members that it does not, and as many groups. */
beforeAll(async () => {
	db = await freshDb();
	const { id: workspaceId } = await aWorkspace(db);
	directory = { workspaceId, id: newId() };
	const many = sql`generate_series(1, 3000) i`;
	const values = (
		letter: string,
	) => sql`${workspaceId}, gen_random_uuid(), ${letter} || i || '@acme.test',
		${letter} || i || '@acme.test', ${letter} || i`;
	await db.execute(sql`insert into directories (workspace_id, id, enabled)
		values (${workspaceId}, ${directory.id}, true)`);
	await db.execute(sql`insert into members (workspace_id, id, email, email_key, name, status, created_by)
		select ${values("m")}, 'active', 'sso' from ${many}`);
	await db.execute(sql`insert into directory_users (workspace_id, directory_id, id, user_name,
			user_name_key, external_id, active, email_keys, last_modified_at, resource, search)
		select ${workspaceId}, ${directory.id}, gen_random_uuid(), 'u' || i, 'u' || i, 'x' || i, i % 1000 <> 0,
			array['u' || i || '@acme.test'], now() - i * interval '1 hour', '{}', jsonb_build_object(
				'displayname', 'user ' || i, 'title', 'engineer ' || i,
				'emails', jsonb_build_array(jsonb_build_object('value', 'u' || i || '@acme.test', 'type', 'work')))
		from ${many}`);
	await db.execute(sql`insert into directory_groups (workspace_id, directory_id, id, display_name, name_key, resource)
		select ${workspaceId}, ${directory.id}, gen_random_uuid(), 'G' || i, 'g' || i, '{}' from ${many}`);
	await db.execute(sql`insert into directory_group_members (workspace_id, directory_id, group_id, user_id)
		select g.workspace_id, g.directory_id, g.id, u.id from directory_groups g
		join directory_users u on u.user_name_key = 'u' || substr(g.name_key, 2)`);
	await db.execute(sql`analyze`);
});

/** How the database means to find who matches a filter. */
async function planOf(source: Source, filter: string): Promise<string> {
	const { where } = compile(source, parseFilter(filter), "https://gatehouse.test/api/scim/v2");
	const { alias, table } = source;
	const { rows } = (await db.execute(sql`explain (costs off) select ${alias}.id from ${table}
		where ${alias}.workspace_id = ${directory.workspaceId} and ${alias}.directory_id = ${directory.id}
		and ${where} order by ${alias}.created_at, ${alias}.id limit 100`)) as unknown as {
		rows: { "QUERY PLAN": string }[];
	};
	return rows.map((row) => row["QUERY PLAN"]).join("\n");
}

const asked: [filter: string, index: string][] = [
	[`id eq "${id}"`, "directory_users_pk"],
	[`userName eq "U7"`, "directory_users_user_name_unique"],
	[`externalId eq "x7"`, "directory_users_external_id_unique"],
	[`emails.value eq "u7@acme.test"`, "directory_users_search"],
	[`email eq "u7@acme.test"`, "directory_users_search"],
	[`emails[type eq "work"].value eq "u7@acme.test"`, "directory_users_search"],
	[`emails[type eq "work" and value eq "u7@acme.test"]`, "directory_users_search"],
	[`displayName eq "User 7"`, "directory_users_search"],
	[`title eq "Engineer 7"`, "directory_users_search"],
	[`active eq false`, "directory_users_inactive"],
	[`active eq "False"`, "directory_users_inactive"],
	[`groups.value eq "${id}"`, "directory_group_members_pk"],
];

describe("of the people that a directory manages", () => {
	test.each(asked)("%s, by %s", async (filter, index) => {
		expect(await planOf(usersShown(directory, false), filter)).toContain(index);
	});
});

/** Members whom the directory is shown as well are found by their own rows. */
describe("where the directory is shown everyone", () => {
	test.each([
		[`id eq "${id}"`, "directory_users_pk", "members_pk"],
		[`userName eq "m7@acme.test"`, "directory_users_user_name_unique", "members_email"],
		[`userName eq "${id}"`, "directory_users_user_name_unique", "members_pk"],
		[`emails.value eq "m7@acme.test"`, "directory_users_search", "members_email"],
		[`email eq "m7@acme.test"`, "directory_users_search", "members_email"],
	])("%s, by %s and %s", async (filter, index, ofMembers) => {
		const plan = await planOf(usersShown(directory, true), filter);
		expect(plan).toContain(index);
		expect(plan).toContain(ofMembers);
		expect(plan).not.toMatch(/Seq Scan on (members|directory_users)/);
	});
});

describe("of groups", () => {
	test.each([
		[`id eq "${id}"`, "directory_groups_pk"],
		[`displayName eq "G7"`, "directory_groups_name_unique"],
		[`externalId eq "x7"`, "directory_groups_external_id_unique"],
		[`members.value eq "${id}"`, "directory_group_members"],
		[`displayName eq "G7" and members[value eq "${id}"]`, "directory_groups_name_unique"],
	])("%s, by %s", async (filter, index) => {
		expect(await planOf(groupSource, filter)).toContain(index);
	});
});
