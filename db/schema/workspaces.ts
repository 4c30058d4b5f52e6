import {
	boolean,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	unique,
	uuid,
} from "drizzle-orm/pg-core";
import type { Policy } from "@/lib/policy/document";
import { at, workspaceId } from "./columns";

export const workspaces = pgTable("workspaces", {
	id: uuid("id").primaryKey(),
	slug: text("slug").notNull().unique(),
	name: text("name").notNull(),
	plan: text("plan").$type<"free" | "enterprise">().notNull(),
	/** Sessions carry the epoch they were admitted under; raising it ends them all. */
	epoch: integer("epoch").notNull().default(1),
	createdAt: at("created_at").notNull().defaultNow(),
});

/** The revisions of a workspace's policy. A save inserts base + 1; the key refuses the second. */
export const policies = pgTable(
	"policies",
	{
		workspaceId: workspaceId().references(() => workspaces.id, { onDelete: "cascade" }),
		revision: integer("revision").notNull(),
		document: jsonb("document").$type<Policy>().notNull(),
		actorLabel: text("actor_label").notNull(),
		reason: text("reason"),
		savedAt: at("saved_at").notNull().defaultNow(),
	},
	(t) => [primaryKey({ name: "policies_pk", columns: [t.workspaceId, t.revision] })],
);

export const roles = pgTable(
	"roles",
	{
		workspaceId: workspaceId().references(() => workspaces.id, { onDelete: "cascade" }),
		key: text("key").notNull(),
		name: text("name").notNull(),
		/** Higher outranks lower; no two roles of a workspace are equal. */
		rank: integer("rank").notNull(),
		permissions: text("permissions").array().notNull(),
		builtIn: boolean("built_in").notNull().default(false),
	},
	(t) => [
		primaryKey({ name: "roles_pk", columns: [t.workspaceId, t.key] }),
		unique("roles_rank_unique").on(t.workspaceId, t.rank),
	],
);

/** Facts about this installation that must outlive a process, such as the set-up code's hash. */
export const installation = pgTable("installation", {
	key: text("key").primaryKey(),
	value: jsonb("value").notNull(),
});
