import { type AnyPgColumn, foreignKey, timestamp, uuid } from "drizzle-orm/pg-core";

/** A point in time, always with zone. Kept as a Date in TypeScript. */
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** The first column of every key: nothing is read or written without naming its workspace. */
export const workspaceId = () => uuid("workspace_id").notNull();

/**
 * A row of the same workspace that this one belongs to, and goes with.
 * @param columns the workspace, and the id of that row.
 */
export const belongsTo = (
	name: string,
	columns: [AnyPgColumn, AnyPgColumn],
	row: { workspaceId: AnyPgColumn; id: AnyPgColumn },
) => foreignKey({ name, columns, foreignColumns: [row.workspaceId, row.id] }).onDelete("cascade");
