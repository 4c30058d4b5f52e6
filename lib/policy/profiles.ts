import type { Policy } from "./document";

/** The starting rules a workspace can begin from; messages/en/profiles.json has their names. */
export type ProfileName = "push" | "assist" | "observity" | "intelligence" | "customer";

export type Profile = {
	policy: Policy;
	/** What a new connection does with a sign-in begun at the provider. */
	idpInitiated: "accept" | "page";
};

const assist: Policy = {
	enforceSso: { mode: "off" },
	autoProvision: "on",
	requireProvisioning: "off",
	allowedDomains: [],
	emailMatch: "exact",
	firstSignIn: "link",
	activation: "switch",
	signInNeeds: [],
	google: "off",
	twoFactor: { required: false, factors: ["mail", "app"], withSso: "idp" },
	endSessionsOn: [],
	afterSsoOff: "passwordSet",
	sessionIdle: 8 * 60,
	sessionMax: 24 * 60,
	directoryNeeds: "nothing",
	revokeTokensWithSso: "no",
	provisionExisting: "link",
	directoryShows: "managed",
	groupsSync: "on",
	directoryRequires: [],
	onProvision: "silent",
	membersManagedBy: "directory",
	managedHere: [],
	afterRemoval: "stayOut",
	rolesFrom: "groups",
	defaultRole: "member",
	attributeMayGrant: "allButAdmin",
	mappings: {},
	brake: { count: 50, percent: 20, minutes: 10 },
	pinned: [],
};

export const profiles: Record<ProfileName, Profile> = {
	/** The directory decides who is in and what they may do. */
	push: {
		policy: {
			...assist,
			enforceSso: { mode: "on" },
			autoProvision: "off",
			endSessionsOn: ["enforced"],
			directoryShows: "everyone",
			directoryRequires: ["emails", "roles"],
			rolesFrom: "attribute",
			defaultRole: null,
			attributeMayGrant: "all",
		},
		idpInitiated: "accept",
	},
	/** SSO beside passwords, newcomers added, IdP groups mapped. */
	assist: { policy: assist, idpInitiated: "page" },
	/** Prepared for requiring the directory; newcomers may only look. Removing by hand stays possible. */
	observity: {
		policy: { ...assist, defaultRole: "viewer", membersManagedBy: "workspace" },
		idpInitiated: "page",
	},
	/** A first SSO sign-in makes a fresh record; passwords stay for good. */
	intelligence: {
		policy: {
			...assist,
			firstSignIn: "replace",
			signInNeeds: ["name"],
			afterSsoOff: "blocked",
			directoryNeeds: "activeConnection",
			revokeTokensWithSso: "yes",
			directoryShows: "everyone",
			groupsSync: "off",
			membersManagedBy: "workspace",
			rolesFrom: "workspace",
			pinned: ["enforceSso"],
		},
		idpInitiated: "page",
	},
	/** SSO for everyone, people and roles kept here. */
	customer: {
		policy: {
			...assist,
			enforceSso: { mode: "on" },
			autoProvision: "off",
			emailMatch: "plusAliases",
			activation: "proof",
			google: "beside",
			twoFactor: { ...assist.twoFactor, withSso: "conflict" },
			endSessionsOn: ["enabled", "disabled", "enforced"],
			directoryNeeds: "activeSaml",
			provisionExisting: "conflict",
			directoryShows: "everyone",
			groupsSync: "off",
			onProvision: "invite",
			rolesFrom: "workspace",
		},
		idpInitiated: "page",
	},
};

/** What a workspace starts from where nobody chose. */
export const defaultPolicy = profiles.assist.policy;
