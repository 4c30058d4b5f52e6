/**
 * Members the directory does not manage, as entries it is shown where the policy says so
 * (`directoryShows: everyone`): an IdP that imports people must see who is here already. Such an
 * entry has the member's id, which stays theirs once the directory takes them over (./users). Whom
 * the directory has deleted is none of them, though they may be a member still: what was deleted is
 * not found any more (RFC 7644 §3.6), until the directory creates it again.
 */
import { and, eq, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { directoryUsers, members, removals } from "@/db/schema";
import { removalIsHeld } from "@/lib/members/managed";
import { isId } from "@/lib/platform/ids";
import type { DirectoryKey } from "./directory";
import type { DirectoryUser, ListedUser } from "./entries";
import { type Attributes, personOf } from "./person";

type Member = typeof members.$inferSelect;

/** What a member looks like to a directory that has said nothing of them. */
export function unmanagedEntry(
	directory: DirectoryKey,
	member: Member,
): DirectoryUser & ListedUser {
	const { id, email, name, status, createdAt } = member;
	const attributes: Attributes = {
		userName: email ?? id,
		active: status === "active",
		...(name ? { displayName: name } : {}),
		...(email ? { emails: [{ value: email, primary: true }] } : {}),
	};
	const { userName, userNameKey, active, emailKey, emailKeys, displayName } = personOf(attributes);
	return {
		workspaceId: directory.workspaceId,
		directoryId: directory.id,
		id,
		userName,
		userNameKey,
		externalId: null,
		active,
		email,
		emailKey,
		emailKeys,
		displayName,
		resource: attributes,
		version: 0,
		createdAt,
		lastModifiedAt: createdAt,
		memberId: id,
		createdMember: false,
		groups: [],
	};
}

/**
 * Of a row of members: no entry stands behind them, nor does a deletion of one. Each part is a row
 * of an index, and apart from the others, so that the database joins them for a list.
 */
const isUnmanaged = sql`not exists (select 1 from ${directoryUsers}
		where ${directoryUsers.workspaceId} = ${members.workspaceId} and ${directoryUsers.memberId} = ${members.id})
	and not exists (select 1 from ${removals}
		where ${removals.workspaceId} = ${members.workspaceId} and ${removals.memberId} = ${members.id})
	and not ${removalIsHeld}`;

/** Those of these members whom the directory is shown without managing them; in no order. */
export async function findUnmanaged(
	db: Db | Tx,
	directory: DirectoryKey,
	ids: readonly string[],
): Promise<Member[]> {
	const known = ids.filter(isId);
	if (known.length === 0) return [];
	return db
		.select()
		.from(members)
		.where(
			and(
				eq(members.workspaceId, directory.workspaceId),
				sql`${members.id} = any(${`{${known.join(",")}}`}::uuid[])`,
				isUnmanaged,
			),
		);
}

/** These members as entries, without those that have one or had one deleted; in no order. */
export async function readUnmanaged(
	db: Db | Tx,
	directory: DirectoryKey,
	ids: readonly string[],
): Promise<ListedUser[]> {
	const found = await findUnmanaged(db, directory, ids);
	return found.map((member) => unmanagedEntry(directory, member));
}

/**
 * Entries and everybody else, as a table that filters and orders look at. What they compare of
 * somebody unmanaged is what `unmanagedEntry` shows. Of their name, which is kept as it is written
 * alone, the database folds as many letters as its collation knows, at least those of ASCII.
 * `managed` and `address` are constants of one half each, so that what asks for them drops out of
 * the other half, and an index of the members answers it there.
 */
export function everyone({ workspaceId, id }: DirectoryKey) {
	const folded = sql`lower(normalize(m.name, nfkc))`;
	return sql`(
		select workspace_id, directory_id, id, user_name_key, external_id, active, email_keys,
			resource, search, version, created_at, last_modified_at, true as managed, null::text as address
		from ${directoryUsers}
		union all
		select m.workspace_id, ${id}::uuid, m.id, coalesce(m.email_key, m.id::text), null,
			m.status = 'active', case when m.email_key is null then '{}' else array[m.email_key] end,
			jsonb_strip_nulls(jsonb_build_object('userName', coalesce(m.email, m.id::text),
				'active', m.status = 'active', 'displayName', nullif(m.name, ''), 'emails',
				case when m.email is null then null else jsonb_build_array(
					jsonb_build_object('value', m.email, 'primary', true)) end)),
			jsonb_strip_nulls(jsonb_build_object('username', coalesce(m.email_key, m.id::text),
				'active', m.status = 'active', 'displayname', nullif(${folded}, ''), 'emails',
				case when m.email is null then null else jsonb_build_array(
					jsonb_build_object('value', m.email_key, 'primary', true)) end)),
			0, m.created_at, m.created_at, false, m.email_key
		from (select * from ${members}
			where ${members.workspaceId} = ${workspaceId} and ${isUnmanaged}) m
	)`;
}
