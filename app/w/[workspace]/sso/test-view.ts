import { getTranslations } from "next-intl/server";
import type { TestView } from "@/components/sso/test-result";
import type { RoleFact } from "@/lib/policy/access";
import { isReason } from "@/lib/policy/reasons";
import { factsUsed } from "@/lib/sso/saml/attributes";
import type { SignIn } from "@/lib/sso/sign-in";
import type { Verdict } from "@/lib/sso/test-sign-in";

/** The claims that a mapping puts others in the place of. */
const usualNames: Record<string, string> = {
	email: "email",
	name: "name",
	givenName: "given_name",
	familyName: "family_name",
	subject: "sub",
};

/** Puts a test that has ended into words for its page. */
export async function testView(
	signIn: SignIn,
	provider: string,
	workspace: string,
	roles: readonly RoleFact[],
): Promise<TestView> {
	const t = await getTranslations("test");
	const checks = await getTranslations("checks");
	const reasons = await getTranslations("reasons");
	const verdict = signIn.verdict as Verdict | null;
	const outcome = signIn.outcome;
	const last = signIn.trace.at(-1);
	const words = {
		workspace,
		provider,
		email: signIn.email ?? "",
		domain: signIn.email?.split("@")[1] ?? "",
		expected: last?.expected ?? "",
		received: last?.received ?? "",
	};
	const reason = signIn.reason && isReason(signIn.reason) ? signIn.reason : null;
	const shown = verdict?.shown ?? {};
	const unverified = shown.email_verified === "false";
	const mapped = Object.entries(signIn.draft?.claimMapping ?? {}).filter(([, name]) => name);
	const ofSaml =
		signIn.protocol === "saml" ? factsUsed(shown, signIn.draft?.claimMapping ?? null) : null;
	const meaning = (name: string) => {
		if (ofSaml) return t(`saml.${ofSaml[name] ?? "other"}`);
		const as = mapped.find(([, claim]) => claim === name)?.[0];
		if (as) return t(`mapped.${as}`);
		if (mapped.some(([field]) => t.has(`meanings.${name}`) && usualNames[field] === name))
			return t("meanings.other");
		if (name === "email_verified" && unverified) return t("meanings.email_unverified");
		const key = `meanings.${name}`;
		return t.has(key) ? t(key) : t("meanings.other");
	};
	const source = verdict?.access?.source;
	const title = (step: string) => {
		if (checks.has(step)) return checks(step);
		if (t.has(`flow.${step}`)) return t(`flow.${step}`, { protocol: signIn.protocol });
		return isReason(step) ? reasons(`${step}.why`, words) : step;
	};
	return {
		provider,
		workspace,
		at: signIn.endedAt ?? signIn.startedAt,
		passed:
			outcome && outcome !== "refuse"
				? {
						outcome,
						role: roles.find(({ key }) => key === verdict?.access?.role)?.name ?? null,
					}
				: null,
		refused: reason
			? {
					why: reasons(`${reason}.why`, words),
					fix: reasons(`${reason}.fix`, words),
					code: signIn.code,
				}
			: null,
		claims: Object.entries(shown).map(([name, value]) => ({ name, value, meaning: meaning(name) })),
		roleSource: source
			? t(`sources.${source.kind}`, { name: "name" in source ? source.name : "" })
			: null,
		steps: signIn.trace.map((step) => ({
			title: title(step.step),
			ok: step.ok,
			...(step.expected ? { expected: step.expected } : {}),
			...(step.received ? { received: step.received } : {}),
		})),
	};
}
