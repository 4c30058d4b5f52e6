import { bigint, index, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { at } from "./columns";

/** Work that happens outside the request that asked for it. Run by lib/platform/jobs. */
export const jobs = pgTable(
	"jobs",
	{
		id: uuid("id").primaryKey(),
		kind: text("kind").notNull(),
		payload: jsonb("payload").$type<Record<string, unknown>>().notNull(),
		/** At most one waiting row for each key, where a key is given. */
		uniqueKey: text("unique_key").unique(),
		dueAt: at("due_at").notNull(),
		leasedUntil: at("leased_until"),
		attempts: integer("attempts").notNull().default(0),
		lastError: text("last_error"),
	},
	(t) => [index("jobs_due").on(t.dueAt)],
);

/** Mail is a row of the transaction that causes it, and is sent after its commit. */
export const outbox = pgTable(
	"outbox",
	{
		id: uuid("id").primaryKey(),
		workspaceId: uuid("workspace_id"),
		to: text("to").notNull(),
		subject: text("subject").notNull(),
		text: text("text").notNull(),
		html: text("html").notNull(),
		createdAt: at("created_at").notNull().defaultNow(),
	},
	(t) => [index("outbox_created").on(t.createdAt)],
);

/** The counters of rate-limiter-flexible: shared by every process of the installation. */
export const rateLimits = pgTable("rate_limits", {
	key: text("key").primaryKey(),
	points: integer("points").notNull(),
	expire: bigint("expire", { mode: "number" }),
});
