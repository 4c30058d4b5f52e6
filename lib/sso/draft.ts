/**
 * What an admin enters for an OpenID Connect connection. Pure: the form and the server read it the
 * same way. The secret may be blank where one is stored already, and is otherwise needed.
 */
import { z } from "zod";

const address = z
	.string()
	.trim()
	.max(500, "too_long")
	.refine((text) => URL.canParse(text) && /^https?:/i.test(text), "not_a_url");

const draftSchema = z.object({
	name: z.string().trim().min(1, "required").max(64, "too_long"),
	provider: z.string().regex(/^[a-z0-9-]{1,32}$/),
	issuer: address,
	clientId: z.string().trim().min(1, "required").max(500, "too_long"),
	/** Blank keeps the stored secret. */
	clientSecret: z.string().trim().max(1000, "too_long"),
	secretExpiresOn: z.union([z.literal(""), z.iso.date("not_a_date")]),
	discoveryEndpoint: z.union([z.literal(""), address]),
});

export type Draft = z.infer<typeof draftSchema>;
export type DraftField = keyof Draft;
/** One problem a field. The codes have texts in messages/en/connection.json. */
export type DraftProblems = Partial<Record<DraftField, string>>;

/** Reads what a form sent. @returns the draft, or the first problem of each field. */
export function parseDraft(
	input: unknown,
): { ok: true; draft: Draft } | { ok: false; problems: DraftProblems } {
	const parsed = draftSchema.safeParse(input);
	if (parsed.success) return { ok: true, draft: parsed.data };
	const problems: DraftProblems = {};
	for (const issue of parsed.error.issues) {
		const field = issue.path[0] as DraftField;
		problems[field] ??= issue.message;
	}
	return { ok: false, problems };
}
