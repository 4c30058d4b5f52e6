/** SCIM through Next: the same function that server.ts calls directly (see SCIM_DOOR). */
import { toResponse } from "@/lib/platform/exchange";
import { answerScim } from "@/lib/scim/door";

export const dynamic = "force-dynamic";

const answer = async (request: Request) => toResponse(await answerScim(request));

export {
	answer as DELETE,
	answer as GET,
	answer as HEAD,
	answer as OPTIONS,
	answer as PATCH,
	answer as POST,
	answer as PUT,
};
