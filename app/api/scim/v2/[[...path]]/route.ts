/** SCIM through Next: the same function that server.ts calls directly (see SCIM_DOOR). */
import { answerScim } from "@/lib/scim/door";

export const dynamic = "force-dynamic";

export {
	answerScim as DELETE,
	answerScim as GET,
	answerScim as HEAD,
	answerScim as OPTIONS,
	answerScim as PATCH,
	answerScim as POST,
	answerScim as PUT,
};
