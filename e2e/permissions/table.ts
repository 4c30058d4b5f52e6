/**
 * Who may open and do what: every page, route and server action of a workspace with the permission
 * it needs. The spec beside reads it, and fails where the product has one that stands not here.
 */
import type { Permission } from "@/lib/roles/permissions";

/** Ids of one workspace; a call gets those of another one, or ids that nobody has. */
export type Ids = {
	member: string;
	group: string;
	connection: string;
	invitation: string;
	token: string;
	key: string;
	session: string;
	test: string;
	signIn: string;
	role: string;
};

/**
 * What it needs: a permission, or that somebody is signed in here. `hidden`: who lacks it finds
 * nothing there (404) instead of being told what it is.
 */
export type Place = {
	needs: Permission | "session";
	at: (ids: Ids) => string;
	hidden?: true;
	/** A file instead of a page. */
	file?: true;
};

/** By its folder below app/w/[workspace]. */
export const places: Record<string, Place> = {
	"": { needs: "session", at: () => "" },
	account: { needs: "session", at: () => "/account" },
	activity: { needs: "activity.read", at: () => "/activity" },
	"activity/export": {
		needs: "activity.read",
		at: () => "/activity/export?format=json",
		file: true,
	},
	"activity/newer": {
		needs: "activity.read",
		at: () => "/activity/newer?after=01900000-0000-7000-8000-000000000000",
		file: true,
	},
	"activity/sign-ins/[id]": {
		needs: "activity.read",
		at: ({ signIn }) => `/activity/sign-ins/${signIn}`,
	},
	"api-keys": { needs: "api_keys.own", at: () => "/api-keys" },
	groups: { needs: "groups.manage", at: () => "/groups" },
	"groups/[id]": { needs: "groups.manage", at: ({ group }) => `/groups/${group}` },
	members: { needs: "members.read", at: () => "/members" },
	"members/[id]": { needs: "members.read", at: ({ member }) => `/members/${member}` },
	"members/invite": { needs: "members.manage", at: () => "/members/invite" },
	roles: { needs: "roles.manage", at: () => "/roles" },
	"roles/[key]": { needs: "roles.manage", at: ({ role }) => `/roles/${role}` },
	"roles/new": { needs: "roles.manage", at: () => "/roles/new" },
	settings: { needs: "settings.manage", at: () => "/settings" },
	simulator: { needs: "sso.manage", at: () => "/simulator?who=ada@acme.test" },
	sso: { needs: "sso.manage", at: () => "/sso" },
	"sso/connection/[id]": {
		needs: "sso.manage",
		at: ({ connection }) => `/sso/connection/${connection}`,
	},
	"sso/connection/new": { needs: "sso.manage", at: () => "/sso/connection/new?provider=oidc" },
	"sso/history": { needs: "policy.manage", at: () => "/sso/history" },
	"sso/rules": { needs: "policy.manage", at: () => "/sso/rules" },
	"sso/directory": { needs: "directory.manage", at: () => "/sso/directory" },
	"sso/directory/drift": { needs: "directory.manage", at: () => "/sso/directory/drift" },
	"sso/directory/requests": { needs: "directory.manage", at: () => "/sso/directory/requests" },
	"sso/directory/requests/[id]": {
		needs: "directory.manage",
		at: ({ token }) => `/sso/directory/requests/${token}`,
	},
	"sso/directory/self-test": { needs: "directory.manage", at: () => "/sso/directory/self-test" },
	"sso/directory/holds": { needs: "directory.manage", at: () => "/sso/directory/holds" },
	"sso/mapping": { needs: "policy.manage", at: () => "/sso/mapping" },
	"sso/tests/[id]": { needs: "sso.manage", at: ({ test }) => `/sso/tests/${test}`, hidden: true },
};

/** A form as a browser posts it. */
export class Form {
	readonly fields: Record<string, string>;

	constructor(fields: Record<string, string>) {
		this.fields = fields;
	}
}

/** An action: what it needs, and arguments after the slug that do no harm with ids of nobody. */
export type Action = {
	needs: Permission | "session";
	args: (ids: Ids) => unknown[];
	/** It answers less than a refusal: what whoever lacks the permission reads. */
	says?: RegExp;
};

const manage = (needs: Permission, args: Action["args"]): Action => ({ needs, args });
const own = (args: Action["args"]): Action => ({ needs: "session", args });
const none = new Form({ password: "" });
const noEdits = { base: 0, edits: {} };
const noRole = { name: "", rank: 0, permissions: [] };

/** By file below app/w/[workspace], and name. */
export const actions: Record<string, Action> = {
	"account/actions.ts saveNameAction": own(() => [new Form({ name: "" })]),
	"account/actions.ts changeEmailAction": own(() => [new Form({ email: "", password: "" })]),
	"account/actions.ts cancelEmailAction": own(() => []),
	"account/actions.ts linkGoogleAction": own(() => [none]),
	"account/actions.ts unlinkGoogleAction": own(() => [none]),
	"account/actions.ts endSessionAction": own(({ session }) => [session]),
	"account/actions.ts endOtherSessionsAction": own(() => []),
	"account/security-actions.ts changePasswordAction": own(() => [none]),
	"account/security-actions.ts startAppAction": own(() => [none]),
	"account/security-actions.ts confirmAppAction": own(() => ["000000"]),
	"account/security-actions.ts addMailAction": own(() => [none]),
	"account/security-actions.ts startPasskeyAction": own(() => [none]),
	"account/security-actions.ts addPasskeyAction": own(() => ["", {}]),
	"account/security-actions.ts removeFactorAction": own(() => ["app", none]),
	"account/security-actions.ts removePasskeyAction": own(({ key }) => [key, none]),
	"account/security-actions.ts newCodesAction": own(() => [none]),
	"api-keys/actions.ts createApiKeyAction": manage("api_keys.own", () => [
		{ name: "", scopes: [], days: 1 },
	]),
	"api-keys/actions.ts revokeApiKeyAction": manage("api_keys.own", ({ key }) => [key]),
	"groups/actions.ts createGroupAction": manage("groups.manage", () => [{}]),
	"groups/actions.ts previewGroupAction": manage("groups.manage", ({ group }) => [
		group,
		{ name: "Mine", defaultRole: null },
	]),
	"groups/actions.ts saveGroupAction": manage("groups.manage", ({ group }) => [
		group,
		{ name: "Mine", defaultRole: null },
	]),
	"groups/actions.ts findPeopleAction": manage("groups.manage", ({ group }) => [group, "a"]),
	"groups/actions.ts previewMembershipAction": manage("groups.manage", ({ group, member }) => [
		group,
		member,
		true,
	]),
	"groups/actions.ts setMembershipAction": manage("groups.manage", ({ group, member }) => [
		group,
		member,
		true,
	]),
	"groups/actions.ts previewDeletionAction": manage("groups.manage", ({ group }) => [group]),
	"groups/actions.ts deleteGroupAction": manage("groups.manage", ({ group }) => [group]),
	"members/actions.ts inviteAction": manage("members.manage", () => [
		{},
		new Form({ addresses: "", role: "" }),
	]),
	"members/actions.ts resendInvitationAction": manage("members.manage", ({ invitation }) => [
		invitation,
	]),
	"members/actions.ts revokeInvitationAction": manage("members.manage", ({ invitation }) => [
		invitation,
	]),
	"members/[id]/actions.ts editMemberAction": manage("members.manage", ({ member }) => [
		member,
		{ values: { name: "", email: "" } },
		new Form({ name: "Mine", email: "mine@acme.test" }),
	]),
	"members/[id]/actions.ts setRoleAction": manage("members.manage", ({ member }) => [
		member,
		{},
		new Form({ role: "viewer" }),
	]),
	"members/[id]/actions.ts pinRoleAction": manage("members.manage", ({ member }) => [
		member,
		{},
		new Form({ role: "viewer", reason: "mine" }),
	]),
	"members/[id]/actions.ts unpinRoleAction": manage("members.manage", ({ member }) => [member]),
	"members/[id]/actions.ts mailPasswordLinkAction": manage("members.manage", ({ member }) => [
		member,
	]),
	"members/[id]/actions.ts suspendAction": manage("members.manage", ({ member }) => [member]),
	"members/[id]/actions.ts reactivateAction": manage("members.manage", ({ member }) => [member]),
	"members/[id]/actions.ts removeAction": manage("members.manage", ({ member }) => [member]),
	"members/[id]/actions.ts endSessionAction": manage("members.manage", ({ member, session }) => [
		member,
		session,
	]),
	"members/[id]/actions.ts endAllSessionsAction": manage("members.manage", ({ member }) => [
		member,
	]),
	"roles/actions.ts createRoleAction": manage("roles.manage", () => [noRole]),
	"roles/actions.ts previewRoleAction": manage("roles.manage", ({ role }) => [role, noRole]),
	"roles/actions.ts saveRoleAction": manage("roles.manage", ({ role }) => [
		role,
		{ name: "Mine", rank: 1, permissions: [] },
	]),
	"roles/actions.ts previewDeletionAction": manage("roles.manage", ({ role }) => [role, "viewer"]),
	"roles/actions.ts deleteRoleAction": manage("roles.manage", ({ role }) => [role, "viewer"]),
	"sso/actions.ts saveConnectionAction": manage("sso.manage", ({ connection }) => [connection, {}]),
	"sso/metadata-action.ts readMetadataAction": manage("sso.manage", ({ connection }) => [
		connection,
		{},
	]),
	"sso/certificate-action.ts noteCertificateAction": manage("sso.manage", ({ connection }) => [
		connection,
		true,
	]),
	"sso/actions.ts testConnectionAction": manage("sso.manage", ({ connection }) => [connection, {}]),
	"sso/actions.ts testEndedAction": {
		needs: "sso.manage",
		args: ({ test }) => [test],
		says: /\bfalse\b/,
	},
	"sso/actions.ts setEnabledAction": manage("sso.manage", ({ connection }) => [connection, false]),
	"sso/actions.ts removeConnectionAction": manage("sso.manage", ({ connection }) => [connection]),
	"sso/domain-actions.ts addDomainAction": manage("sso.manage", () => [""]),
	"sso/domain-actions.ts checkDomainAction": manage("sso.manage", () => ["nobodys.test"]),
	"sso/domain-actions.ts routeDomainAction": manage("sso.manage", ({ connection }) => [
		"nobodys.test",
		connection,
	]),
	"sso/domain-actions.ts previewDomainRemovalAction": manage("sso.manage", () => ["nobodys.test"]),
	"sso/domain-actions.ts removeDomainAction": manage("sso.manage", () => ["nobodys.test"]),
	"sso/policy-actions.ts previewPolicyAction": manage("policy.manage", () => [
		{ defaultRole: "viewer" },
		null,
	]),
	"sso/policy-actions.ts applyPolicyAction": manage("policy.manage", () => [
		0,
		{ defaultRole: "viewer" },
		"",
		null,
	]),
	"sso/policy-actions.ts movedAction": {
		needs: "policy.manage",
		args: () => [0],
		says: /\bnull\b/,
	},
	"sso/policy-actions.ts findMemberAction": {
		needs: "policy.manage",
		args: () => ["nobody@x.test"],
		says: /\bnull\b/,
	},
	"sso/policy-actions.ts makeCodesAction": manage("policy.manage", () => []),
	"sso/policy-actions.ts keepCodesAction": manage("policy.manage", () => [""]),
	"sso/policy-actions.ts previewEnforceAction": manage("policy.manage", () => [null]),
	"sso/policy-actions.ts enforceAction": manage("policy.manage", () => [
		0,
		{ from: null, mail: false, reason: "" },
	]),
	"sso/policy-actions.ts pauseAction": manage("sso.manage", ({ connection }) => [
		connection,
		false,
	]),
	"sso/policy-actions.ts turnOffAction": manage("sso.manage", () => ["", false]),
	"sso/actions.ts setDirectoryAction": manage("directory.manage", () => [true]),
	"sso/actions.ts createTokenAction": manage("directory.manage", () => [{ name: "", days: null }]),
	"sso/actions.ts revokeTokenAction": manage("directory.manage", ({ token }) => [token]),
	"sso/directory/enable-action.ts enableScimAction": manage("directory.manage", () => []),
	"sso/directory/drift-actions.ts previewDriftAction": manage("directory.manage", ({ member }) => [
		member,
		"access",
	]),
	"sso/directory/drift-actions.ts endDriftAction": manage("directory.manage", ({ member }) => [
		member,
		"access",
		"",
	]),
	"sso/directory/actions.ts setStrictAction": manage("directory.manage", () => [true]),
	"sso/directory/actions.ts setGroupAnswerAction": manage("directory.manage", () => [true]),
	"sso/directory/actions.ts rotateTokenAction": manage("directory.manage", ({ token }) => [
		token,
		"none",
	]),
	"sso/directory/actions.ts renameTokenAction": manage("directory.manage", ({ token }) => [
		token,
		"Mine",
	]),
	"sso/directory/actions.ts decideHoldsAction": manage("directory.manage", ({ token }) => [
		[token],
		"apply",
	]),
	"sso/directory/replay-actions.ts replayAction": manage("directory.manage", ({ token }) => [
		token,
		false,
	]),
	"sso/directory/replay-actions.ts selfTestAction": manage("directory.manage", () => ["nobody"]),
	"sso/mapping/actions.ts previewMappingAction": manage("policy.manage", () => [noEdits]),
	"sso/mapping/actions.ts mappingFileAction": manage("policy.manage", () => [noEdits, ""]),
	"sso/mapping/actions.ts applyMappingAction": manage("policy.manage", () => [noEdits, "", ""]),
};

/** Actions outside a workspace's pages, and why no permission stands before them. */
export const openActions: Record<string, string> = {
	"account/email/actions.ts followEmail": "the mailed link is the proof",
	"invite/[token]/actions.ts acceptAction": "the invitation's link is the proof",
	"login/actions.ts giveEmail": "a step of signing in",
	"login/actions.ts chooseWorkspace": "a step of signing in",
	"login/actions.ts givePassword": "a step of signing in",
	"login/enrol/actions.ts beginEnrolment": "a step of signing in, held to its challenge",
	"login/enrol/actions.ts confirmFactor": "a step of signing in, held to its challenge",
	"login/enrol/actions.ts offerPasskey": "a step of signing in, held to its challenge",
	"login/enrol/actions.ts keepPasskey": "a step of signing in, held to its challenge",
	"login/enrol/actions.ts finish": "a step of signing in, held to its challenge",
	"login/factor/actions.ts giveCode": "a step of signing in, held to its challenge",
	"login/factor/actions.ts sendCode": "a step of signing in, held to its challenge",
	"login/factor/actions.ts askPasskey": "a step of signing in, held to its challenge",
	"login/factor/actions.ts givePasskey": "a step of signing in, held to its challenge",
	"login/recovery/actions.ts giveRecoveryCode": "the recovery code is the proof",
	"page.tsx enter": "a step of signing in, held to its challenge",
	"reset/actions.ts askReset": "asks for a mail, and answers everybody the same",
	"reset/choose/actions.ts choose": "the mailed link is the proof",
	"setup/actions.ts setUp": "the set-up code is the proof",
	"shell-actions.ts setTheme": "changes a cookie of this browser alone",
	"shell-actions.ts signOut": "ends this browser's own session",
	"signup/actions.ts giveSignUpEmail": "asks for a mail, and answers everybody the same",
	"signup/actions.ts createWorkspace": "the mailed link is the proof",
	"sso/confirm/actions.ts continueAsOther": "a step of signing in, held to its ticket",
};
