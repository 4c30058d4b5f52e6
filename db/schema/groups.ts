import { index, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { at, belongsTo, workspaceId } from "./columns";
import { members } from "./members";
import { workspaces } from "./workspaces";

/** The workspace's own groups. What a directory sends is in directory.ts. */
export const groups = pgTable(
	"groups",
	{
		workspaceId: workspaceId().references(() => workspaces.id, { onDelete: "cascade" }),
		id: uuid("id").notNull(),
		name: text("name").notNull(),
		nameKey: text("name_key").notNull(),
		/** A candidate for the role of everyone who holds the group. Null: the group gives no role. */
		defaultRole: text("default_role"),
		createdAt: at("created_at").notNull().defaultNow(),
	},
	(t) => [
		primaryKey({ name: "groups_pk", columns: [t.workspaceId, t.id] }),
		unique("groups_name_unique").on(t.workspaceId, t.nameKey),
	],
);

/** Memberships given by hand. */
export const groupMembers = pgTable(
	"group_members",
	{
		workspaceId: workspaceId(),
		groupId: uuid("group_id").notNull(),
		memberId: uuid("member_id").notNull(),
		addedAt: at("added_at").notNull().defaultNow(),
	},
	(t) => [
		primaryKey({ name: "group_members_pk", columns: [t.workspaceId, t.groupId, t.memberId] }),
		index("group_members_member").on(t.workspaceId, t.memberId),
		belongsTo("group_members_group_fk", [t.workspaceId, t.groupId], groups),
		belongsTo("group_members_member_fk", [t.workspaceId, t.memberId], members),
	],
);
