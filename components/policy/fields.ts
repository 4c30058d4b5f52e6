/** The rows of the policy: which rule is set by which kind of control, in the order of the page. */
import type { Policy } from "@/lib/policy/document";

type Words<F extends keyof Policy> = Policy[F] extends string ? readonly Policy[F][] : never;
type Members<F extends keyof Policy> = Policy[F] extends (infer Each extends string)[]
	? readonly Each[]
	: never;

const toggle = <F extends keyof Policy>(field: F, off: Policy[F], on: Policy[F]) =>
	({ kind: "switch", field, off, on }) as const;
const choose = <F extends keyof Policy>(field: F, values: Words<F>) =>
	({ kind: "select", field, values: values as readonly string[] }) as const;
const several = <F extends keyof Policy>(field: F, values: Members<F>) =>
	({ kind: "set", field, values: values as readonly string[] }) as const;

/** Rows whose control is like no other's. */
const own = <
	F extends
		| "enforceSso"
		| "allowedDomains"
		| "defaultRole"
		| "attributeMayGrant"
		| "managedHere"
		| "brake"
		| "twoFactor"
		| "sessionIdle"
		| "sessionMax",
>(
	field: F,
) => ({ kind: "own", field }) as const;

export const policyRows = [
	{
		group: "who",
		rows: [
			own("enforceSso"),
			toggle("requireProvisioning", "off", "on"),
			toggle("autoProvision", "off", "on"),
			own("allowedDomains"),
			choose("firstSignIn", ["link", "replace"]),
			choose("emailMatch", ["exact", "plusAliases"]),
			several("signInNeeds", ["name", "givenName", "familyName"]),
			choose("activation", ["switch", "proof"]),
			choose("afterRemoval", ["stayOut", "rejoin"]),
		],
	},
	{
		group: "what",
		rows: [
			choose("rolesFrom", ["groups", "attribute", "workspace"]),
			own("defaultRole"),
			own("attributeMayGrant"),
			choose("membersManagedBy", ["directory", "workspace"]),
			own("managedHere"),
		],
	},
	{
		group: "directory",
		rows: [
			choose("onProvision", ["silent", "notify", "invite"]),
			choose("provisionExisting", ["link", "conflict"]),
			choose("directoryNeeds", ["nothing", "activeConnection", "activeSaml"]),
			choose("directoryShows", ["managed", "everyone"]),
			several("directoryRequires", [
				"emails",
				"roles",
				"displayName",
				"name.givenName",
				"name.familyName",
				"externalId",
			]),
			toggle("groupsSync", "off", "on"),
			own("brake"),
		],
	},
	{
		group: "passwords",
		rows: [choose("google", ["off", "beside", "replacesPassword"]), own("twoFactor")],
	},
	{
		group: "sessions",
		rows: [
			own("sessionIdle"),
			own("sessionMax"),
			several("endSessionsOn", ["enabled", "disabled", "enforced", "connectionRemoved"]),
			choose("afterSsoOff", ["passwordSet", "blocked"]),
			toggle("revokeTokensWithSso", "no", "yes"),
		],
	},
] as const;

export type PolicyRowSpec = (typeof policyRows)[number]["rows"][number];
