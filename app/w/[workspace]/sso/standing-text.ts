import { getTranslations } from "next-intl/server";
import type { StandingPart } from "@/components/shell/standing";
import type { Sentence } from "@/lib/policy/standing";

/** Puts the standing into words: text, and slots that lead to where they are set. */
export async function standingParts(sentences: readonly Sentence[]): Promise<StandingPart[]> {
	const t = await getTranslations("standing");
	return sentences.flatMap(({ key, values, slots }, index) => {
		const parts: StandingPart[] = index === 0 ? [] : [" "];
		// A slot's tag marks its words; the message is then cut at the marks.
		const tags = Object.fromEntries(
			Object.keys(slots).map((slot) => [
				slot,
				(words: string) => `\u0001${slot}\u0002${words}\u0001`,
			]),
		);
		const marked = t.markup(key, { ...values, ...tags });
		for (const [place, piece] of marked.split("\u0001").entries()) {
			if (place % 2 === 0) {
				if (piece) parts.push(piece);
				continue;
			}
			const [slot = "", text = ""] = piece.split("\u0002");
			parts.push({ text, href: `#${slots[slot] ?? ""}` });
		}
		return parts;
	});
}
