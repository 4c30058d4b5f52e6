/** The end of a test sign-in: the same decision, kept for the admin to read, and nothing done. */
import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { signIns } from "@/db/schema";
import type { TraceStep } from "@/db/schema/sso";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { loadMemberFacts, previewAccess } from "@/lib/members/access";
import { labelOf, memberOf } from "@/lib/members/members";
import type { Access } from "@/lib/policy/access";
import type { Admission } from "@/lib/policy/admit";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { recordPassedTest } from "./connections";
import type { FactConnection } from "./facts";
import type { SignIn } from "./sign-in";

/** What a test shows: what was received, and what today's rules make of it. */
export type Verdict = {
	admission: Admission;
	access: Access | null;
	shown: Record<string, string>;
};

/** Ends a test: its verdict is kept, and the connection is proved where an admin would come in. */
export async function endTest(
	tx: Tx,
	test: {
		signIn: SignIn;
		workspace: Workspace;
		connection: FactConnection | null;
		admission: Admission;
		shown: Record<string, string>;
		trace: TraceStep[];
		now: Date;
	},
): Promise<void> {
	const { signIn, workspace, connection, admission, shown, trace, now } = test;
	const access = await accessAfter(tx, workspace, admission);
	const verdict: Verdict = { admission, access, shown };
	const refused = admission.outcome === "refuse";
	await tx
		.update(signIns)
		.set({
			endedAt: now,
			outcome: admission.outcome,
			reason: refused ? admission.reason : null,
			verdict,
			trace,
		})
		.where(keyOf(signIn));
	const tester = signIn.memberId ? await memberOf(tx, workspace.id, signIn.memberId) : null;
	const actor: Actor = tester
		? { kind: "member", id: tester.id, label: labelOf(tester) }
		: { kind: "system", label: "Test" };
	const proved =
		(admission.outcome === "welcome" || admission.outcome === "link") && "memberId" in admission;
	// Settings that differ from the stored ones prove nothing about those.
	if (proved && connection?.settingsHash === signIn.settingsHash)
		await recordPassedTest(tx, actor.label, connection, now);
	await record(tx, workspace.id, actor, {
		kind: "connection.tested",
		outcome: refused ? "refused" : "done",
		subject: { kind: "sign_in", id: signIn.id, label: connection?.name ?? signIn.code },
		details: { outcome: admission.outcome, reason: refused ? admission.reason : null },
	});
}

/** Which role the person of a test would hold. */
async function accessAfter(
	tx: Tx,
	workspace: Workspace,
	admission: Admission,
): Promise<Access | null> {
	if (admission.outcome === "refuse") return null;
	if (admission.outcome === "provision")
		return previewAccess(tx, workspace.id, {
			active: true,
			roleByHand: null,
			pinnedRole: null,
			pinnedReason: null,
			groupsByHand: [],
			directory: null,
		});
	const facts = await loadMemberFacts(tx, workspace.id, [admission.memberId]);
	const member = facts.get(admission.memberId);
	return member ? previewAccess(tx, workspace.id, member) : null;
}

const keyOf = ({ workspaceId, id }: { workspaceId: string; id: string }) =>
	and(eq(signIns.workspaceId, workspaceId), eq(signIns.id, id));
