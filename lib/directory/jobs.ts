/** What directories ask for by themselves: holds that run out, mail that waits, logs that end. */
import type { Db } from "@/db/client";
import type { Handlers } from "@/lib/platform/jobs";
import { holdJobs } from "./holds";
import { requestJobs } from "./request-log";
import { welcomeJobs } from "./welcome";

export function directoryJobs(db: Db): Handlers {
	return { ...holdJobs(db), ...requestJobs(db), ...welcomeJobs(db) };
}
