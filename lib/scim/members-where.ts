/** Members of a group by a filter on their parts, for `members[display sw "A"]` in a path. */
import { type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { directoryGroupMembers, directoryUsers } from "@/db/schema";
import { membersField } from "./fields";
import type { Filter } from "./filter";
import { compileMatch } from "./sql";

/** @throws ScimError 400 invalidFilter for a part that members do not have. */
export async function membersWhere(
	tx: Tx,
	directory: { workspaceId: string; id: string },
	groupId: string,
	where: Filter,
	base: string,
): Promise<string[]> {
	const { rows } = await execute(
		tx,
		sql`select m.user_id as "id"
			from ${directoryGroupMembers} m
			join ${directoryUsers} mu on mu.workspace_id = m.workspace_id
				and mu.directory_id = m.directory_id and mu.id = m.user_id
			where m.workspace_id = ${directory.workspaceId} and m.directory_id = ${directory.id}
				and m.group_id = ${groupId} and ${compileMatch(membersField(base), where, base)}`,
	);
	return rows.map(({ id }) => id);
}

async function execute(tx: Tx, statement: SQL): Promise<{ rows: { id: string }[] }> {
	return (await tx.execute(statement)) as unknown as { rows: { id: string }[] };
}
