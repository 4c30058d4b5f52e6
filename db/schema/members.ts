import { sql } from "drizzle-orm";
import {
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
import type { ProviderSession } from "./sso";
import { workspaces } from "./workspaces";

/** What has shown that the address is this person's own (DNS of the domain is not enough). */
export type EmailProof = "mail" | "sso" | "directory" | "operator" | "setup";

/** A person in one workspace. Accounts are per workspace: no row here is shared between two. */
export const members = pgTable(
	"members",
	{
		workspaceId: workspaceId().references(() => workspaces.id, { onDelete: "cascade" }),
		id: uuid("id").notNull(),
		email: text("email"),
		/** Folded once in TypeScript (lib/platform/text), never by SQL. */
		emailKey: text("email_key"),
		emailProof: text("email_proof").$type<EmailProof>(),
		name: text("name").notNull(),
		status: text("status").$type<"active" | "suspended">().notNull(),
		/**
		 * Who suspended: the directory may only lift what the directory imposed. `invitation`: whom the
		 * directory brought and who has not accepted yet.
		 */
		suspendedBy: text("suspended_by").$type<"admin" | "directory" | "invitation">(),
		/** The role set by hand. Kept beside what a directory gives, so that removing that restores it. */
		roleByHand: text("role_by_hand"),
		/** A role an admin pinned on this member; beats every other source. */
		pinnedRole: text("pinned_role"),
		pinnedReason: text("pinned_reason"),
		/** The role in effect, written by lib/members/access alone. Null: no access. */
		role: text("role"),
		createdBy: text("created_by")
			.$type<"setup" | "operator" | "sso" | "directory" | "invitation">()
			.notNull(),
		/** Raising it ends this member's sessions. */
		epoch: integer("epoch").notNull().default(1),
		createdAt: at("created_at").notNull().defaultNow(),
		lastSignInAt: at("last_sign_in_at"),
		/** When a mail told them that the directory has brought them (lib/directory/welcome). */
		toldAt: at("told_at"),
	},
	(t) => [
		primaryKey({ name: "members_pk", columns: [t.workspaceId, t.id] }),
		unique("members_email_unique").on(t.workspaceId, t.emailKey),
		index("members_email_key").on(t.emailKey),
		// The orders that the list of members pages along (lib/members/list).
		index("members_name").on(t.workspaceId, t.name, t.id),
		index("members_role").on(t.workspaceId, t.role, t.name, t.id),
		index("members_seen").on(
			t.workspaceId,
			sql`coalesce(${t.lastSignInAt}, '-infinity'::timestamptz)`,
			t.id,
		),
	],
);

export const passwords = pgTable(
	"passwords",
	{
		workspaceId: workspaceId(),
		memberId: uuid("member_id").notNull(),
		/** argon2id, in its own encoded form. */
		hash: text("hash").notNull(),
		setAt: at("set_at").notNull().defaultNow(),
	},
	(t) => [
		primaryKey({ name: "passwords_pk", columns: [t.workspaceId, t.memberId] }),
		belongsTo("passwords_member_fk", [t.workspaceId, t.memberId], members),
	],
);

/** One browser in one workspace. lib/accounts/sessions holds the only insert. */
export const sessions = pgTable(
	"sessions",
	{
		workspaceId: workspaceId(),
		id: uuid("id").notNull(),
		memberId: uuid("member_id").notNull(),
		/** SHA-256 of the browser's id, which only its cookie holds. */
		browserHash: text("browser_hash").notNull(),
		method: text("method")
			.$type<"password" | "google" | "sso" | "invitation" | "setup" | "recovery">()
			.notNull(),
		connectionId: uuid("connection_id"),
		/** What signing out at the provider needs to name its session there. */
		providerSession: jsonb("provider_session").$type<ProviderSession>(),
		workspaceEpoch: integer("workspace_epoch").notNull(),
		memberEpoch: integer("member_epoch").notNull(),
		/** When the person last proved who they are; requireFresh reads it. */
		authenticatedAt: at("authenticated_at").notNull(),
		createdAt: at("created_at").notNull(),
		lastSeenAt: at("last_seen_at").notNull(),
		idleUntil: at("idle_until").notNull(),
		expiresAt: at("expires_at").notNull(),
		address: text("address"),
		userAgent: text("user_agent"),
	},
	(t) => [
		primaryKey({ name: "sessions_pk", columns: [t.workspaceId, t.id] }),
		unique("sessions_browser_unique").on(t.browserHash, t.workspaceId),
		index("sessions_member").on(t.workspaceId, t.memberId),
		index("sessions_connection").on(t.workspaceId, t.connectionId),
		belongsTo("sessions_member_fk", [t.workspaceId, t.memberId], members),
	],
);
