/**
 * Between a verified credential and a session: what `admit` says of its owner, and the session
 * that begins. Used by ./enter right after the credential and by ./challenges after the second one.
 */
import type { Tx } from "@/db/client";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { labelOf, type Member } from "@/lib/members/members";
import { personFacts } from "@/lib/members/person";
import { type Admission, admit, type SignInAttempt } from "@/lib/policy/admit";
import type { Policy } from "@/lib/policy/document";
import { planIncludesSso, ssoIsActive, type Workspace } from "@/lib/workspaces/workspaces";
import { startSession, type Visitor } from "./sessions";

/** The credentials of this folder that begin a session. */
export type FirstFactor = "password" | "google" | "invitation";

/**
 * What `admit` says of a verified password, Google account or recovery code.
 * @param member null where the credential names nobody here.
 * @param attempt Google's subject; the member who must come back, for a sign-in once more.
 */
export async function admission(
	tx: Tx,
	workspace: Workspace,
	policy: Policy,
	member: Member | null,
	attempt: Pick<SignInAttempt, "subject"> & {
		method: "password" | "google" | "recovery";
		expectedId: string | null;
	},
	now: Date,
): Promise<Admission> {
	const { method, subject, expectedId } = attempt;
	return admit(
		policy,
		{
			method,
			intent: expectedId ? "fresh" : "login",
			initiatedBy: "sp",
			connectionRevision: null,
			email: member?.emailKey ?? null,
			emailVerified: null,
			subject,
			names: { name: null, givenName: null, familyName: null },
			memberId: expectedId,
		},
		{
			ssoInPlan: planIncludesSso(workspace.plan),
			ssoActive: await ssoIsActive(tx, workspace.id),
			connection: null,
			known: member && (await personFacts(tx, member)),
			matches: [],
			verifiedDomains: [],
			removed: false,
			invitation: null,
			testerId: null,
			provedId: member?.id ?? null,
		},
		now,
	);
}

/** A member as the one who acts, from where the browser is. */
export function actorOf(member: Member, visitor: Visitor): Actor {
	return { kind: "member", id: member.id, label: labelOf(member), address: visitor.address };
}

/** Starts the session of an admitted member, and records the sign-in. @returns the browser's id. */
export async function beginSession(
	tx: Tx,
	input: {
		workspace: Workspace;
		member: Member;
		method: FirstFactor;
		/** The second factor that was proved, in words for the log. */
		secondFactor?: string;
		policy: Policy;
		visitor: Visitor;
		now: Date;
	},
): Promise<string> {
	const { workspace, member, method, secondFactor, policy, visitor, now } = input;
	const browserId = await startSession(tx, {
		workspaceId: workspace.id,
		memberId: member.id,
		method,
		policy,
		visitor,
		now,
	});
	await record(tx, workspace.id, actorOf(member, visitor), {
		kind: method === "google" ? "sign_in.google" : "sign_in.password",
		...(secondFactor ? { details: { secondFactor } } : {}),
	});
	return browserId;
}
