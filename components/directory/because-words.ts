import type { PersonChange } from "@/lib/impact/what-would-change";

/** What fills the sentence that says where a role comes from. */
export const becauseWords = ({ source, after }: PersonChange) => ({
	name: source && "name" in source ? source.name : "",
	role: after ?? "",
});
