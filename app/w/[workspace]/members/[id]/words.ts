/** From what was decided about a member to the sentences and rows of the page. */
import { getTranslations } from "next-intl/server";
import type { StandingPart } from "@/components/shell/standing";
import type { WhyRole } from "@/lib/impact/why";
import type { Member } from "@/lib/members/members";
import type { Policy } from "@/lib/policy/document";
import type { Reason } from "@/lib/policy/reasons";

/** What the page calls things. */
export type Names = {
	workspace: string;
	provider: string;
	/** Role names by key. */
	roles: ReadonlyMap<string, string>;
	/** How the member is called, and in short. */
	name: string;
	first: string;
	email: string;
};

export const roleName = ({ roles }: Names, key: string) => roles.get(key) ?? key;

/** Why, and what to do, of a reason about this member. */
export async function reasonTexts(
	names: Names,
	reason: Reason,
	more: { expected?: string | undefined; received?: string | undefined } = {},
): Promise<{ why: string; fix: string }> {
	const t = await getTranslations("reasons");
	const words = {
		workspace: names.workspace,
		provider: names.provider,
		email: names.email,
		domain: names.email.split("@")[1] ?? "",
		expected: more.expected ?? "",
		received: more.received ?? "",
	};
	return { why: t(`${reason}.why`, words), fix: t(`${reason}.fix`, words) };
}

const suspendedWords = {
	admin: "deactivated",
	directory: "deactivatedByDirectory",
	invitation: "invitedByDirectory",
} as const;

/** Who this member is here, as the sentence that opens the page. */
export async function standingOf(
	member: Member,
	{ access }: WhyRole,
	names: Names,
): Promise<StandingPart[]> {
	const t = await getTranslations("member.standing");
	const { first: name, provider } = names;
	if (member.status === "suspended")
		return [t(suspendedWords[member.suspendedBy ?? "admin"], { name }), "."];
	const { role, source } = access;
	if (role === null || !source) {
		const { why } = await reasonTexts(names, access.reason ?? "no_role");
		return [t("noRole", { name, why })];
	}
	const by = t(`by.${source.kind}`, { name: "name" in source ? source.name : "", provider });
	return [t("role", { name, role: roleName(names, role), by }), "."];
}

/** What `rolesFrom` reads for this member, in words. */
export async function rolesComeFrom(
	policy: Policy,
	inDirectory: boolean,
	names: Names,
): Promise<string> {
	const t = await getTranslations("member.why.from");
	const { workspace, provider } = names;
	return t(inDirectory ? policy.rolesFrom : "workspace", { workspace, provider });
}
