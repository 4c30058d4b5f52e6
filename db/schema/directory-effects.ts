import { sql } from "drizzle-orm";
import {
	boolean,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	uniqueIndex,
	uuid,
} from "drizzle-orm/pg-core";
import { at, belongsTo, workspaceId } from "./columns";
import { directories } from "./directory";
import { members } from "./members";

/**
 * What the IdP said and what is not in effect, because an admin must look at it first
 * (lib/directory/holds). At most one stands for a member.
 */
export const holds = pgTable(
	"holds",
	{
		workspaceId: workspaceId(),
		id: uuid("id").notNull(),
		directoryId: uuid("directory_id").notNull(),
		memberId: uuid("member_id").notNull(),
		/** What the person is called, as text of that moment. */
		label: text("label").notNull(),
		reason: text("reason").$type<"last_admin" | "brake">().notNull(),
		effect: text("effect").$type<"suspended" | "removed" | "role_changed">().notNull(),
		/** The role that stays in effect meanwhile, where the effect would take it. */
		role: text("role"),
		/** For a group that was emptied: its name. */
		cause: text("cause"),
		/** What the removal keeps out, once it takes effect. */
		removal: jsonb("removal").$type<{
			userNameKey: string;
			emailKey: string | null;
			externalId: string | null;
			createdMember: boolean;
		}>(),
		heldAt: at("held_at").notNull(),
		/** When it takes effect by itself. Null: never. */
		dueAt: at("due_at"),
		mailedAt: at("mailed_at"),
		state: text("state").$type<"held" | "applied" | "dismissed" | "lapsed">().notNull(),
		decidedAt: at("decided_at"),
		decidedBy: text("decided_by"),
	},
	(t) => [
		primaryKey({ name: "holds_pk", columns: [t.workspaceId, t.id] }),
		uniqueIndex("holds_standing").on(t.workspaceId, t.memberId).where(sql`${t.state} = 'held'`),
		index("holds_state").on(t.workspaceId, t.state, t.heldAt),
		belongsTo("holds_directory_fk", [t.workspaceId, t.directoryId], directories),
		belongsTo("holds_member_fk", [t.workspaceId, t.memberId], members),
	],
);

/** Each access a directory took away, for as long as the brake counts it. */
export const departures = pgTable(
	"directory_departures",
	{
		workspaceId: workspaceId(),
		id: uuid("id").notNull(),
		directoryId: uuid("directory_id").notNull(),
		at: at("at").notNull(),
	},
	(t) => [
		primaryKey({ name: "directory_departures_pk", columns: [t.workspaceId, t.id] }),
		index("directory_departures_at").on(t.workspaceId, t.at),
		belongsTo("directory_departures_directory_fk", [t.workspaceId, t.directoryId], directories),
	],
);

/** What a directory asked and what it was answered: diagnostic, cut, redacted and kept 14 days. */
export const scimRequests = pgTable(
	"scim_requests",
	{
		workspaceId: workspaceId(),
		/** Grows with time, so it is the order too. */
		id: uuid("id").notNull(),
		directoryId: uuid("directory_id").notNull(),
		tokenName: text("token_name").notNull(),
		at: at("at").notNull(),
		method: text("method").notNull(),
		/** Path and query, behind the base URL. */
		path: text("path").notNull(),
		status: integer("status").notNull(),
		milliseconds: integer("milliseconds").notNull(),
		address: text("address"),
		userAgent: text("user_agent"),
		ifMatch: text("if_match"),
		requestBody: text("request_body"),
		responseBody: text("response_body"),
		/** The request's body lacks something: it cannot be sent again as it was. */
		redacted: boolean("redacted").notNull(),
		cut: boolean("cut").notNull(),
		/** The resource it was about, and its version when the request had been answered. */
		targetKind: text("target_kind").$type<"User" | "Group">(),
		targetId: uuid("target_id"),
		targetVersion: integer("target_version"),
		/** The names of what changed, and what was passed over. */
		changed: jsonb("changed").$type<string[]>().notNull(),
		notes: jsonb("notes").$type<string[]>().notNull(),
		/** The admin who sent it, where that was not the directory, and the request it repeats. */
		replayedBy: text("replayed_by"),
		repeatsId: uuid("repeats_id"),
	},
	(t) => [
		primaryKey({ name: "scim_requests_pk", columns: [t.workspaceId, t.id] }),
		index("scim_requests_status").on(t.workspaceId, t.status, t.id),
		index("scim_requests_at").on(t.at),
		index("scim_requests_repeats")
			.on(t.workspaceId, t.repeatsId)
			.where(sql`${t.repeatsId} is not null`),
		belongsTo("scim_requests_directory_fk", [t.workspaceId, t.directoryId], directories),
	],
);
