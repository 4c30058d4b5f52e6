/**
 * lib/policy owns what decides: the policy document and the pure functions that read it.
 *
 *   document   the document itself: every rule of a workspace, as one value
 *   profiles   five documents to start from
 *   access     accessFor: which role and groups a member holds, and why
 *   admit      admit: may this sign-in proceed, and as whom
 *   reasons    every reason a sign-in or a change can be refused, with who can remedy it
 *   standing   the sentence that says how people get in
 *   change     what differs between two documents, and what cannot be turned on yet
 *
 * It does not load facts, write effects or know a database, clock, network or framework: callers
 * (lib/sso, lib/directory, lib/accounts, lib/members, lib/impact) bring facts and `now`.
 */
import { z } from "zod";

/** How long a role key, group id or attribute name may be. */
const key = z.string().min(1).max(200);
const minutes = z.int().min(1);

/** A list that holds each value once. */
function setOf<T extends z.ZodType>(item: T) {
	return z
		.array(item)
		.max(1000)
		.refine((list) => new Set(list).size === list.length, { error: "Each value once" });
}

const domain = z
	.string()
	.max(253)
	.regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, { error: "A domain in lower case, such as acme.test" });

const fields = {
	/** On: passwords, Google, resets and password invitations lead to SSO (while SSO is active). */
	enforceSso: z.discriminatedUnion("mode", [
		z.strictObject({ mode: z.literal("off") }),
		z.strictObject({ mode: z.literal("on") }),
		/** From the start of that day, in UTC. */
		z.strictObject({ mode: z.literal("onFrom"), from: z.iso.date() }),
	]),
	/** On: an admissible stranger becomes a member at the first SSO sign-in. Off: refused. */
	autoProvision: z.enum(["off", "on"]),
	/** On: only somebody the directory has active comes in by SSO. */
	requireProvisioning: z.enum(["off", "on"]),
	/** Emails that may use SSO, by domain. Empty: no restriction beyond the linking rules. */
	allowedDomains: setOf(domain),
	/** plusAliases: at a Google connection, ada@ may stand for the one member ada+x@ at first link. */
	emailMatch: z.enum(["exact", "plusAliases"]),
	/** What a first SSO sign-in does to the record with that email. Never replaces the last admin. */
	firstSignIn: z.enum(["link", "replace"]),
	/** proof: a connection is enabled only after a test sign-in passed through this revision. */
	activation: z.enum(["switch", "proof"]),
	/** What a sign-in must bring beside the email, which is always needed. */
	signInNeeds: setOf(z.enum(["name", "givenName", "familyName"])),
	/** Personal Google sign-in, and whether linking it closes that person's password. */
	google: z.enum(["off", "beside", "replacesPassword"]),
	/** The second factor of password sign-ins. conflict: SSO cannot be on while it is required. */
	twoFactor: z.strictObject({
		required: z.boolean(),
		factors: setOf(z.enum(["mail", "app", "passkey"])).min(1),
		withSso: z.enum(["idp", "conflict"]),
	}),
	/** Which changes sign everyone out. */
	endSessionsOn: setOf(z.enum(["enabled", "disabled", "enforced", "connectionRemoved"])),
	/** Whether people without a password are offered a mail to set one once SSO is off. */
	afterSsoOff: z.enum(["passwordSet", "blocked"]),
	/** Minutes without activity after which a session ends. */
	sessionIdle: minutes.max(60 * 24 * 90),
	/** Minutes after which a session ends in any case. */
	sessionMax: minutes.max(60 * 24 * 365),
	/** What must be active for SCIM to answer; otherwise 403. */
	directoryNeeds: z.enum(["nothing", "activeConnection", "activeSaml"]),
	/** Whether turning SSO off revokes the directory's tokens. */
	revokeTokensWithSso: z.enum(["no", "yes"]),
	/** A SCIM create for a member the directory does not manage: taken over, or 409. */
	provisionExisting: z.enum(["link", "conflict"]),
	/** Whom GET /Users lists: those the directory manages, or everyone. */
	directoryShows: z.enum(["managed", "everyone"]),
	/** Off: GET /Groups is empty, writes are 501. */
	groupsSync: z.enum(["on", "off"]),
	/** What a SCIM user must carry beside userName. */
	directoryRequires: setOf(
		z.enum(["emails", "roles", "displayName", "name.givenName", "name.familyName", "externalId"]),
	),
	/** Mail to a provisioned person. invite: they must accept before they are active. */
	onProvision: z.enum(["silent", "notify", "invite"]),
	/** directory: while sync is on, people are invited and edited in the IdP, not here. */
	membersManagedBy: z.enum(["directory", "workspace"]),
	/** Ids of members who stay editable here although the directory manages members. */
	managedHere: setOf(key),
	/** What SSO does for somebody the directory deleted. */
	afterRemoval: z.enum(["stayOut", "rejoin"]),
	/** Where a directory-managed member's role comes from. */
	rolesFrom: z.enum(["groups", "attribute", "workspace"]),
	/** The role of a member no source gives one. Null: no access. */
	defaultRole: key.nullable(),
	/** Which roles the SCIM `roles` attribute may give. A list holds role keys. */
	attributeMayGrant: z.union([z.enum(["all", "allButAdmin"]), setOf(key)]),
	/** What a directory group gives here, by the directory group's id. A vanished group stays. */
	mappings: z.record(
		key,
		z
			.strictObject({ role: key.optional(), group: key.optional() })
			.refine((to) => to.role !== undefined || to.group !== undefined, {
				error: "A mapping gives a role, a group or both",
			}),
	),
	/** More deactivations than both count and percent within these minutes are held. */
	brake: z.strictObject({
		count: z.int().min(1),
		percent: z.int().min(1).max(100),
		minutes,
	}),
};

export type PolicyField = keyof typeof fields | "pinned";

/** Every field but `pinned`, in the order of the document. */
export const policyFields = Object.keys(fields) as (keyof typeof fields)[];

/**
 * The whole policy of a workspace. Plain JSON, kept in revisions. Parse what is read from outside
 * (forms, imports) and what is read from the database with it.
 */
export const policySchema = z
	.strictObject({
		...fields,
		/** Fields an admin cannot change here. */
		pinned: setOf(z.enum(policyFields)),
	})
	.refine((policy) => policy.sessionIdle <= policy.sessionMax, {
		path: ["sessionIdle"],
		error: "A session cannot idle longer than it may last",
	});

export type Policy = z.infer<typeof policySchema>;

/** Whether the policy enforces SSO at this moment. It binds only while SSO is active. */
export function enforcesSso(policy: Pick<Policy, "enforceSso">, now: Date): boolean {
	const { enforceSso } = policy;
	if (enforceSso.mode === "onFrom") return now >= new Date(`${enforceSso.from}T00:00:00Z`);
	return enforceSso.mode === "on";
}

/**
 * Whether turning a connection on signs everybody out.
 * @param first no other one is on, so that enforcing begins with it.
 */
export function turningOnSignsOut(
	policy: Pick<Policy, "endSessionsOn" | "enforceSso">,
	first: boolean,
	now: Date,
): boolean {
	const ends = policy.endSessionsOn;
	return (
		ends.includes("enabled") || (first && ends.includes("enforced") && enforcesSso(policy, now))
	);
}
