/** What the log asks for by itself: to be sealed, and to let go of what has passed retention. */
import type { Db } from "@/db/client";
import { env } from "@/lib/platform/env";
import type { Handlers } from "@/lib/platform/jobs";
import { expireActivity } from "./retention";
import { sealActivity } from "./seal";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export function activityJobs(db: Db, days = env().ACTIVITY_DAYS): Handlers {
	return {
		"activity.seal": async (_, { now }) => {
			const sealed = await sealActivity(db, now);
			return new Date(now.getTime() + (sealed === null ? MINUTE_MS / 4 : 10 * MINUTE_MS));
		},
		"activity.expire": async (_, { now }) => {
			await expireActivity(db, now, days);
			return new Date(now.getTime() + DAY_MS);
		},
	};
}
