import { getTranslations } from "next-intl/server";
import type { Reason } from "@/lib/policy/reasons";

/** What a page shows of a refused change: why, and what to do. The code names it for tests. */
export type Refusal = {
	ok: false;
	reason: Reason;
	why: string;
	fix: string;
	field?: string;
	/** The value that the field should have. */
	instead?: string;
};

type Words = Partial<
	Record<"workspace" | "provider" | "email" | "domain" | "expected" | "received", string>
>;

/** Nothing known of what fills a reason's texts. */
export const noWords = {
	workspace: "",
	provider: "",
	email: "",
	domain: "",
	expected: "",
	received: "",
};

/** Puts a reason into words for whoever it stops, about themselves: one sentence says it all. */
export async function ownRefusal(
	reason: Reason,
	words: Words = {},
	field?: string,
): Promise<Refusal> {
	const t = await getTranslations("reasons");
	const why = t(`${reason}.person`, { ...noWords, ...words });
	return { ok: false, reason, why, fix: "", ...(field ? { field } : {}) };
}

/** Puts a reason into words for an admin. */
export async function refusal(reason: Reason, words: Words = {}, field?: string): Promise<Refusal> {
	const t = await getTranslations("reasons");
	const all = { ...noWords, ...words };
	return {
		ok: false,
		reason,
		why: t(`${reason}.why`, all),
		fix: t(`${reason}.fix`, all),
		...(field ? { field } : {}),
	};
}
