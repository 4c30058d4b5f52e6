import { timestamp, uuid } from "drizzle-orm/pg-core";

/** A point in time, always with zone. Kept as a Date in TypeScript. */
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** The first column of every key: nothing is read or written without naming its workspace. */
export const workspaceId = () => uuid("workspace_id").notNull();
