import { enforcesSso, type Policy, type PolicyField } from "./document";

/** What the standing tells of beside the policy. */
export type StandingFacts = {
	workspace: string;
	/** The connection with the provider's name as shown; null where nothing is set up. */
	connection:
		| { provider: string; state: "draft" | "tested" | "active" }
		| { provider: string; state: "paused" | "failing"; since: Date }
		| null;
	/** The proved domains, in the order shown. */
	domains: readonly string[];
	directoryOn: boolean;
	/** How many admins hold an unused recovery code. */
	adminsWithCodes: number;
};

/** The parts of Workspace > SSO that a slot can lead to. */
type Anchor = "connection" | "domains" | "mapping" | `policy-${PolicyField}`;

/**
 * One message of messages/en/standing.json (it may be two short sentences), what fills it, and
 * where each of its slots leads. A slot is a tag of the message: next-intl takes tags and values
 * together (`t.rich`), so no slot has the name of a value.
 */
export type Sentence = {
	key: "nothing" | "off" | "open" | "enforced" | "paused" | "failing" | "people";
	values: Record<string, string | number | Date>;
	slots: Record<string, Anchor>;
};

/**
 * How people get in, as the sentence that opens Workspace > SSO: the way in, then who may join and
 * what decides their role. At most three sentences and six slots.
 */
export function standing(policy: Policy, facts: StandingFacts, now: Date): Sentence[] {
	const { connection, workspace } = facts;
	const way = { way: "policy-enforceSso" } as const;
	const google = policy.google === "off" ? "no" : "yes";
	if (!connection) return [{ key: "nothing", values: { workspace, google }, slots: way }];
	const { provider, state } = connection;
	const led: Sentence["slots"] = { connection: "connection", ...way };
	switch (state) {
		case "draft":
		case "tested":
			return [{ key: "off", values: { provider, state, google }, slots: led }];
		case "paused":
			return [{ key: "paused", values: { provider, since: connection.since, google }, slots: led }];
		case "failing":
			return [failing(policy, facts, { provider, since: connection.since }, now)];
		case "active": {
			const enforced = enforcesSso(policy, now);
			const at = domainsAt(policy, facts);
			const values = { provider, workspace, ...at.values };
			const slots = { ...at.slots, ...led };
			return [
				enforced
					? { key: "enforced", values, slots }
					: { key: "open", values: { ...values, google, ...closing(policy) }, slots },
				people(policy, facts, provider),
			];
		}
	}
}

function failing(
	policy: Policy,
	{ adminsWithCodes }: StandingFacts,
	values: { provider: string; since: Date },
	now: Date,
): Sentence {
	const enforced = enforcesSso(policy, now) ? "yes" : "no";
	return {
		key: "failing",
		values: { ...values, enforced, admins: adminsWithCodes },
		slots: { connection: "connection", way: "policy-enforceSso" },
	};
}

/** When passwords are still open and the day they close is set. */
function closing({ enforceSso }: Policy): { closing: string; from: Date | string } {
	return enforceSso.mode === "onFrom"
		? { closing: "yes", from: new Date(`${enforceSso.from}T00:00:00Z`) }
		: { closing: "no", from: "" };
}

/** One or two domains by name; more than two as the first and a count. */
function domainsAt(policy: Policy, facts: StandingFacts): Pick<Sentence, "values" | "slots"> {
	const narrowed = policy.allowedDomains.length > 0;
	const [first, second, ...others] = narrowed ? policy.allowedDomains : facts.domains;
	const anchor: Anchor = narrowed ? "policy-allowedDomains" : "domains";
	if (first === undefined) return { values: { domains: "none" }, slots: {} };
	if (second === undefined) return { values: { domains: "one", first }, slots: { domain: anchor } };
	if (others.length === 0)
		return {
			values: { domains: "two", first, second },
			slots: { domain: anchor, other: anchor },
		};
	return {
		values: { domains: "many", first, more: others.length + 1 },
		slots: { domain: anchor, other: anchor },
	};
}

function people(policy: Policy, { directoryOn }: StandingFacts, provider: string): Sentence {
	const joining = joiningBy(policy);
	const groups = Object.values(policy.mappings).filter(({ role }) => role !== undefined).length;
	const roles = directoryOn ? policy.rolesFrom : "workspace";
	const source = roles === "groups" && groups === 0 ? "unmapped" : roles;
	return {
		key: "people",
		values: { provider, joining, source, groups },
		slots: {
			newcomers: joining === "directory" ? "policy-requireProvisioning" : "policy-autoProvision",
			roles: roles === "groups" ? "mapping" : "policy-rolesFrom",
		},
	};
}

function joiningBy(policy: Policy): "directory" | "added" | "invited" {
	if (policy.requireProvisioning === "on") return "directory";
	return policy.autoProvision === "on" ? "added" : "invited";
}
