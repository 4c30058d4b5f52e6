import type { Db, Tx } from "@/db/client";
import { transact } from "@/db/client";
import type { Actor } from "@/lib/activity/actor";
import { createMember, type Member, type NewMember } from "@/lib/members/members";
import { newId } from "@/lib/platform/ids";
import type { Policy } from "@/lib/policy/document";
import type { ProfileName } from "@/lib/policy/profiles";
import { currentPolicy, savePolicy } from "@/lib/workspaces/policy";
import { createWorkspace, type Plan, type Workspace } from "@/lib/workspaces/workspaces";

export const operator = { kind: "operator", label: "Test operator" } satisfies Actor;

/** A workspace with its roles and first policy; every test makes its own. */
export async function aWorkspace(
	db: Db,
	input: { plan?: Plan; profile?: ProfileName; policy?: Partial<Policy> } = {},
): Promise<Workspace> {
	const slug = `w${newId().replaceAll("-", "").slice(-16)}`;
	return transact(db, async (tx) => {
		const created = await createWorkspace(tx, operator, {
			slug,
			name: "Acme",
			plan: input.plan ?? "enterprise",
			profile: input.profile,
		});
		if (!created.ok) throw new Error(created.reason);
		if (input.policy) await setPolicy(tx, created.workspace.id, input.policy);
		return created.workspace;
	});
}

/** Saves policy values as the operator would, pins aside. */
export async function setPolicy(
	tx: Tx,
	workspaceId: string,
	changes: Partial<Policy>,
): Promise<void> {
	const { revision } = await currentPolicy(tx, workspaceId);
	const saved = await savePolicy(tx, operator, workspaceId, revision, changes, null);
	if (!saved.ok) throw new Error(saved.reason);
}

/** A member; an admin with `roleByHand: "admin"`. The address is invented where none is given. */
export async function aMember(
	db: Db,
	workspace: Workspace,
	input: Partial<NewMember> = {},
): Promise<Member> {
	return transact(db, async (tx) => {
		const created = await createMember(tx, operator, workspace.id, {
			email: `m${newId().slice(-12)}@acme.test`,
			emailProof: "operator",
			name: "Ada Example",
			createdBy: "operator",
			...input,
		});
		if (!created.ok) throw new Error(created.reason);
		return created.member;
	});
}
