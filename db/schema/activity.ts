import {
	bigint,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	unique,
	uuid,
} from "drizzle-orm/pg-core";
import { at, workspaceId } from "./columns";

/**
 * What happened, written in the transaction that made it happen. Labels are text of that moment;
 * nothing is joined. Triggers refuse UPDATE, DELETE and TRUNCATE, and no foreign key cascades here.
 */
export const activity = pgTable(
	"activity",
	{
		workspaceId: workspaceId(),
		id: uuid("id").notNull(),
		/** The order of the log: given when the row is written, so that no later row comes before. */
		seq: bigint("seq", { mode: "number" }).notNull().generatedAlwaysAsIdentity(),
		at: at("at").notNull(),
		kind: text("kind").notNull(),
		outcome: text("outcome").$type<"done" | "refused" | "held" | "ignored">().notNull(),
		actorKind: text("actor_kind").notNull(),
		actorId: text("actor_id"),
		actorLabel: text("actor_label").notNull(),
		subjectKind: text("subject_kind"),
		subjectId: text("subject_id"),
		subjectLabel: text("subject_label"),
		/** What the sentence needs beyond the labels: reason, before, after, counts. Redacted. */
		details: jsonb("details").$type<Record<string, unknown>>().notNull(),
		address: text("address"),
	},
	(t) => [
		primaryKey({ name: "activity_pk", columns: [t.workspaceId, t.id] }),
		unique("activity_order").on(t.workspaceId, t.seq),
		// What one member did, and what was done to them.
		index("activity_actor").on(t.workspaceId, t.actorId, t.id),
		index("activity_subject").on(t.workspaceId, t.subjectId, t.id),
	],
);

/**
 * Batches of the log, each sealed together with the seal before it (lib/activity/seal). They are
 * never deleted, and change once: when the rows of a batch have passed retention.
 */
export const activitySeals = pgTable(
	"activity_seals",
	{
		workspaceId: workspaceId(),
		/** 1, 2, 3 ... without a gap. */
		number: integer("number").notNull(),
		/** The batch holds the workspace's rows after the seal before, up to this `seq`. */
		through: bigint("through", { mode: "number" }).notNull(),
		rows: integer("rows").notNull(),
		/** When the newest of its rows was written: retention counts from here. */
		until: at("until").notNull(),
		/** SHA-256 of the rows. Kept apart so that the chain holds when the rows are gone. */
		digest: text("digest").notNull(),
		/** HMAC over the seal before and everything above. */
		seal: text("seal").notNull(),
		/** Which of the installation's keys sealed it. */
		keyId: text("key_id").notNull(),
		sealedAt: at("sealed_at").notNull(),
		expiredAt: at("expired_at"),
		/** HMAC over the seal and its expiry: rows that are gone for another reason lack it. */
		expirySeal: text("expiry_seal"),
	},
	(t) => [
		primaryKey({ name: "activity_seals_pk", columns: [t.workspaceId, t.number] }),
		unique("activity_seals_through").on(t.workspaceId, t.through),
	],
);

/**
 * Refusals that carried no valid credential, counted by the minute, so that a stranger cannot
 * flood a workspace's log. Workspace is null where the request did not even name one.
 */
export const refusals = pgTable(
	"refusals",
	{
		workspaceId: uuid("workspace_id"),
		kind: text("kind").notNull(),
		address: text("address").notNull(),
		minute: at("minute").notNull(),
		count: integer("count").notNull(),
	},
	(t) => [
		unique("refusals_unique").on(t.workspaceId, t.kind, t.address, t.minute).nullsNotDistinct(),
		index("refusals_minute").on(t.minute),
	],
);
