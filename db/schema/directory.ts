import { sql } from "drizzle-orm";
import {
	boolean,
	foreignKey,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	unique,
	uuid,
} from "drizzle-orm/pg-core";
import { at, belongsTo, workspaceId } from "./columns";
import { members } from "./members";
import { workspaces } from "./workspaces";

export const directories = pgTable(
	"directories",
	{
		workspaceId: workspaceId().references(() => workspaces.id, { onDelete: "cascade" }),
		id: uuid("id").notNull(),
		enabled: boolean("enabled").notNull(),
		/** Refuse what bends the SCIM standard instead of understanding it. */
		strict: boolean("strict").notNull().default(false),
		/** What a PATCH of a group is answered with: 204, or 200 and the group for clients that ask for it. */
		groupPatchAnswer: text("group_patch_answer", { enum: ["204", "200"] })
			.notNull()
			.default("204"),
		/** Requests in a minute before 429. Null: the usual number. */
		rateLimit: integer("rate_limit"),
		lastRequestAt: at("last_request_at"),
		createdAt: at("created_at").notNull().defaultNow(),
	},
	(t) => [
		primaryKey({ name: "directories_pk", columns: [t.workspaceId, t.id] }),
		unique("directories_workspace_unique").on(t.workspaceId),
	],
);

export const directoryTokens = pgTable(
	"directory_tokens",
	{
		workspaceId: workspaceId(),
		id: uuid("id").notNull(),
		directoryId: uuid("directory_id").notNull(),
		name: text("name").notNull(),
		/** SHA-256 of the whole token; the token itself is shown once and kept nowhere. */
		hash: text("hash").notNull().unique(),
		/** The first characters, so that an admin can tell tokens apart. */
		prefix: text("prefix").notNull(),
		createdBy: text("created_by").notNull(),
		createdAt: at("created_at").notNull().defaultNow(),
		lastUsedAt: at("last_used_at"),
		expiresAt: at("expires_at"),
		revokedAt: at("revoked_at"),
		/** The token that took this one's place; until it ends, this one is in overlap. */
		replacedById: uuid("replaced_by_id"),
	},
	(t) => [
		primaryKey({ name: "directory_tokens_pk", columns: [t.workspaceId, t.id] }),
		belongsTo("directory_tokens_directory_fk", [t.workspaceId, t.directoryId], directories),
	],
);

/** A person as the IdP sent them. Answers to the IdP come from here alone. */
export const directoryUsers = pgTable(
	"directory_users",
	{
		workspaceId: workspaceId(),
		directoryId: uuid("directory_id").notNull(),
		id: uuid("id").notNull(),
		userName: text("user_name").notNull(),
		/** Folded in TypeScript: userName is caseExact false (RFC 7643 §4.1.1). */
		userNameKey: text("user_name_key").notNull(),
		/** Opaque and case-exact (RFC 7643 §3.1). */
		externalId: text("external_id"),
		active: boolean("active").notNull(),
		/** The primary email as sent, and folded. */
		email: text("email"),
		emailKey: text("email_key"),
		/** All addresses folded, for filters on emails.value. */
		emailKeys: text("email_keys").array().notNull().default([]),
		displayName: text("display_name"),
		/** Every attribute as sent, but for id, meta, groups and password. */
		resource: jsonb("resource").$type<Record<string, unknown>>().notNull(),
		/** The same with every name and text folded: what filters without case look at. */
		search: jsonb("search").$type<unknown>().notNull().default({}),
		version: integer("version").notNull().default(1),
		createdAt: at("created_at").notNull().defaultNow(),
		lastModifiedAt: at("last_modified_at").notNull().defaultNow(),
		/** The member this entry stands behind, and whether it created or only linked that member. */
		memberId: uuid("member_id"),
		createdMember: boolean("created_member").notNull().default(false),
	},
	(t) => [
		primaryKey({ name: "directory_users_pk", columns: [t.workspaceId, t.directoryId, t.id] }),
		unique("directory_users_user_name_unique").on(t.workspaceId, t.directoryId, t.userNameKey),
		unique("directory_users_external_id_unique").on(t.workspaceId, t.directoryId, t.externalId),
		unique("directory_users_member_unique").on(t.workspaceId, t.memberId),
		index("directory_users_emails").using("gin", t.emailKeys),
		// An equal value of any attribute, or of parts of one element of a list, is found by this.
		index("directory_users_search").using("gin", t.search.op("jsonb_path_ops")),
		index("directory_users_modified").on(t.workspaceId, t.directoryId, t.lastModifiedAt),
		index("directory_users_order").on(t.workspaceId, t.directoryId, t.createdAt, t.id),
		// The few whom `active eq false` asks for; nearly everyone is active.
		index("directory_users_inactive")
			.on(t.workspaceId, t.directoryId, t.createdAt, t.id)
			.where(sql`not ${t.active}`),
		belongsTo("directory_users_directory_fk", [t.workspaceId, t.directoryId], directories),
		foreignKey({
			name: "directory_users_member_fk",
			columns: [t.workspaceId, t.memberId],
			foreignColumns: [members.workspaceId, members.id],
		}),
	],
);

/** A group as the IdP sent it. Its members are rows of their own, so that a change costs what changes. */
export const directoryGroups = pgTable(
	"directory_groups",
	{
		workspaceId: workspaceId(),
		directoryId: uuid("directory_id").notNull(),
		id: uuid("id").notNull(),
		displayName: text("display_name").notNull(),
		/** Folded in TypeScript: displayName is caseExact false (RFC 7643 §4.2). */
		nameKey: text("name_key").notNull(),
		/** Opaque and case-exact (RFC 7643 §3.1). */
		externalId: text("external_id"),
		/** Every attribute as sent, but for id, meta and members. */
		resource: jsonb("resource").$type<Record<string, unknown>>().notNull(),
		/** How many rows of `directory_group_members` there are, kept with them. */
		memberCount: integer("member_count").notNull().default(0),
		version: integer("version").notNull().default(1),
		createdAt: at("created_at").notNull().defaultNow(),
		lastModifiedAt: at("last_modified_at").notNull().defaultNow(),
	},
	(t) => [
		primaryKey({ name: "directory_groups_pk", columns: [t.workspaceId, t.directoryId, t.id] }),
		unique("directory_groups_name_unique").on(t.workspaceId, t.directoryId, t.nameKey),
		unique("directory_groups_external_id_unique").on(t.workspaceId, t.directoryId, t.externalId),
		index("directory_groups_order").on(t.workspaceId, t.directoryId, t.createdAt, t.id),
		belongsTo("directory_groups_directory_fk", [t.workspaceId, t.directoryId], directories),
	],
);

export const directoryGroupMembers = pgTable(
	"directory_group_members",
	{
		workspaceId: workspaceId(),
		directoryId: uuid("directory_id").notNull(),
		groupId: uuid("group_id").notNull(),
		userId: uuid("user_id").notNull(),
	},
	(t) => [
		// The group first in one and the person in the other, whatever else they have: were it the
		// workspace, a planner that knows nothing of a table that has just grown (an import) might look
		// through all memberships of a directory for those of one person.
		primaryKey({
			name: "directory_group_members_pk",
			columns: [t.groupId, t.userId, t.workspaceId, t.directoryId],
		}),
		index("directory_group_members_user").on(t.userId, t.workspaceId, t.directoryId),
		foreignKey({
			name: "directory_group_members_group_fk",
			columns: [t.workspaceId, t.directoryId, t.groupId],
			foreignColumns: [
				directoryGroups.workspaceId,
				directoryGroups.directoryId,
				directoryGroups.id,
			],
		}).onDelete("cascade"),
		foreignKey({
			name: "directory_group_members_user_fk",
			columns: [t.workspaceId, t.directoryId, t.userId],
			foreignColumns: [directoryUsers.workspaceId, directoryUsers.directoryId, directoryUsers.id],
		}).onDelete("cascade"),
	],
);

/** Somebody the directory deleted. While it stands, single sign-on does not bring them back. */
export const removals = pgTable(
	"removals",
	{
		workspaceId: workspaceId().references(() => workspaces.id, { onDelete: "cascade" }),
		id: uuid("id").notNull(),
		userNameKey: text("user_name_key").notNull(),
		emailKey: text("email_key"),
		externalId: text("external_id"),
		/** The member behind the entry. No key: where the directory had made them, they are gone. */
		memberId: uuid("member_id"),
		/** The (issuer, subject) pairs the person had signed in with. */
		identities: jsonb("identities").$type<{ issuer: string; subject: string }[]>().notNull(),
		removedAt: at("removed_at").notNull().defaultNow(),
	},
	(t) => [
		primaryKey({ name: "removals_pk", columns: [t.workspaceId, t.id] }),
		index("removals_email").on(t.workspaceId, t.emailKey),
		index("removals_member").on(t.workspaceId, t.memberId),
	],
);
