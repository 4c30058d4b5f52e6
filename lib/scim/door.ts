/** The SCIM endpoint of this process, for both doors: server.ts and Next's route. */
import { database } from "@/db/client";
import { noteRequest } from "@/lib/directory/request-log";
import { env } from "@/lib/platform/env";
import type { Incoming, Reply } from "@/lib/platform/exchange";
import { log } from "@/lib/platform/log";
import { handleScim } from "./endpoint";
import { errorResponse, ScimError } from "./errors";

/** Answers a request with this process's database and configuration. Never throws. */
export async function answerScim(request: Incoming): Promise<Reply> {
	const onError = (err: unknown) => log().error({ err }, "SCIM request failed");
	try {
		const db = await database();
		return await handleScim(request, {
			db,
			publicUrl: env().PUBLIC_URL,
			now: () => new Date(),
			note: (entry) => noteRequest(db, entry),
			onError,
		});
	} catch (error) {
		onError(error);
		return errorResponse(new ScimError(500, undefined, "Something went wrong on this side."));
	}
}
