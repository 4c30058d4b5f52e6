/** Policy values as an admin reads them, for pages, previews and differences alike. */
import type { useTranslations } from "next-intl";
import type { Policy, PolicyField } from "@/lib/policy/document";

/** The texts of messages/en/policy.json. */
export type PolicyTexts = ReturnType<typeof useTranslations<"policy">>;

/** What names the keys and ids in a policy. */
export type PolicyNames = {
	provider: string;
	roles: readonly { key: string; name: string }[];
	/** Members by id. */
	people: Readonly<Record<string, string>>;
};

/** The name of a rule. */
export function fieldName(t: PolicyTexts, field: PolicyField, { provider }: PolicyNames): string {
	return t(`fields.${field}.name`, { provider });
}

/** The key of a value's text: messages have no dots in theirs. */
export const textKey = (value: string) => value.replaceAll(".", "_");

/** A policy's value of one field. */
export function valueWords(
	t: PolicyTexts,
	policy: Policy,
	field: PolicyField,
	names: PolicyNames,
): string {
	const list = (words: string[]) => (words.length > 0 ? words.join(", ") : t("nobodyChosen"));
	const role = (key: string) => names.roles.find((known) => known.key === key)?.name ?? key;
	switch (field) {
		case "enforceSso": {
			const { enforceSso } = policy;
			const from = enforceSso.mode === "onFrom" ? enforceSso.from : "";
			return t(`fields.enforceSso.values.${enforceSso.mode}`, { from });
		}
		case "allowedDomains":
			return policy.allowedDomains.length > 0
				? policy.allowedDomains.join(", ")
				: t("fields.allowedDomains.all");
		case "defaultRole":
			return policy.defaultRole === null ? t("fields.defaultRole.none") : role(policy.defaultRole);
		case "attributeMayGrant": {
			const may = policy.attributeMayGrant;
			return typeof may === "string"
				? t(`fields.attributeMayGrant.values.${may}`)
				: list(may.map(role));
		}
		case "managedHere":
			return policy.managedHere.length > 0
				? policy.managedHere.map((id) => names.people[id] ?? id).join(", ")
				: t("fields.managedHere.none");
		case "brake":
			return t("fields.brake.words", policy.brake);
		case "mappings":
			return t("fields.mappings.words", { count: Object.keys(policy.mappings).length });
		case "sessionIdle":
		case "sessionMax": {
			const [hours, minutes] = [Math.floor(policy[field] / 60), policy[field] % 60];
			const both = hours > 0 && minutes > 0 ? "yes" : "no";
			return t(`fields.${field}.words`, { hours, minutes, both });
		}
		case "twoFactor": {
			const { required, factors, withSso } = policy.twoFactor;
			return [
				t(required ? "fields.twoFactor.required" : "fields.twoFactor.notRequired"),
				...factors.map((kind) => t(`fields.twoFactor.kinds.${kind}`)),
				t(`fields.twoFactor.withSsoValues.${withSso}`),
			].join(", ");
		}
		case "pinned":
			return list(policy.pinned.map((pinned) => fieldName(t, pinned, names)));
		case "signInNeeds":
			return list(policy.signInNeeds.map((each) => t(`fields.signInNeeds.values.${each}`)));
		case "endSessionsOn":
			return list(policy.endSessionsOn.map((each) => t(`fields.endSessionsOn.values.${each}`)));
		case "directoryRequires":
			return list(
				policy.directoryRequires.map((each) =>
					t(`fields.directoryRequires.values.${textKey(each) as "emails"}`),
				),
			);
		default: {
			// A word of a closed set: the message of its field has it.
			const key = `fields.${field}.values.${policy[field]}` as "fields.google.values.off";
			return t(key, { provider: names.provider });
		}
	}
}
