/**
 * Would today's rules decide a past sign-in the same? What the provider said then, with the policy,
 * the connection and the people of now. Loads and decides; writes nothing.
 */
import { type Db, type Tx, transact } from "@/db/client";
import { type Admission, admit, type SignInAttempt } from "@/lib/policy/admit";
import type { Policy } from "@/lib/policy/document";
import type { Identity } from "@/lib/sso/claims";
import { findConnection } from "@/lib/sso/connections";
import { loadSsoFacts } from "@/lib/sso/facts";
import type { SignIn } from "@/lib/sso/sign-in";
import { keptClaims } from "@/lib/sso/trace";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";

export type Replay = {
	admission: Admission;
	/** Let in then and now, or refused both times for the same reason. */
	same: boolean;
};

/**
 * @param policy the rules to ask; today's if not given.
 * @returns null where there is nothing to decide: the provider vouched for nobody, the attempt is
 *   not over, or its connection is gone.
 */
export function replaySignIn(
	db: Db,
	workspace: Workspace,
	signIn: SignIn,
	now: Date,
	policy?: Policy,
): Promise<Replay | null> {
	return transact(db, async (tx) => {
		const identity = keptClaims(signIn)?.identity;
		if (!identity || !signIn.outcome) return null;
		const admission = await decide(tx, workspace, signIn, identity, now, policy);
		return admission && { admission, same: isSame(signIn, admission) };
	});
}

function isSame({ outcome, reason }: SignIn, today: Admission): boolean {
	return today.outcome === "refuse"
		? outcome === "refuse" && reason === today.reason
		: outcome !== "refuse";
}

async function decide(
	tx: Tx,
	workspace: Workspace,
	signIn: SignIn,
	identity: Identity,
	now: Date,
	policy?: Policy,
): Promise<Admission | null> {
	const connection =
		signIn.connectionId && (await findConnection(tx, workspace.id, signIn.connectionId));
	if (!connection) return null;
	const rules = policy ?? (await currentPolicy(tx, workspace.id)).document;
	const tester = signIn.intent === "test" ? signIn.memberId : null;
	const facts = await loadSsoFacts(
		tx,
		workspace,
		connection,
		identity,
		{ provedId: tester, invitation: null },
		now,
	);
	const attempt: SignInAttempt = {
		method: "sso",
		intent: signIn.intent,
		initiatedBy: signIn.initiatedBy,
		// Begun anew: that the settings have changed since is no question of the rules.
		connectionRevision: connection.revision,
		email: identity.email,
		emailVerified: identity.emailVerified,
		subject: identity.subject,
		names: identity.names,
		memberId: signIn.memberId,
	};
	return admit(rules, attempt, facts, now);
}
