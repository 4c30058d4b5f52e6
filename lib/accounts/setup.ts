/**
 * The first visit to an empty installation: whoever holds the code from the server's log makes the
 * first workspace and its admin. Closed for good once a workspace exists.
 */
import { eq } from "drizzle-orm";
import { type Db, transactOrUndo } from "@/db/client";
import { installation, workspaces } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { createMember } from "@/lib/members/members";
import { senderOf } from "@/lib/platform/addresses";
import { equalTexts, hashToken, newToken } from "@/lib/platform/crypto";
import { consume } from "@/lib/platform/limits";
import { adminRole } from "@/lib/roles/permissions";
import { currentPolicy } from "@/lib/workspaces/policy";
import {
	type CreateWorkspaceRefusal,
	createWorkspace,
	type Workspace,
} from "@/lib/workspaces/workspaces";
import { type PasswordRefusal, refusePassword, setPassword } from "./passwords";
import { startSession, type Visitor } from "./sessions";

const codeKey = "setup.code_hash";
const guesses = { name: "setup.code", points: 10, seconds: 900 };

/** Whether the installation still waits for its first workspace. */
export async function needsSetup(db: Db): Promise<boolean> {
	const any = await db.select({ id: workspaces.id }).from(workspaces).limit(1);
	return any.length === 0;
}

/**
 * Makes a new set-up code where one is needed; the one before ends. Called at boot, which prints it.
 * @returns the code, or null when the installation is set up.
 */
export async function ensureSetupCode(db: Db): Promise<string | null> {
	if (!(await needsSetup(db))) return null;
	const code = newToken().slice(0, 24);
	const value = hashToken(code);
	await db
		.insert(installation)
		.values({ key: codeKey, value })
		.onConflictDoUpdate({ target: installation.key, set: { value } });
	return code;
}

export type SetupInput = {
	code: string;
	workspaceName: string;
	slug: string;
	name: string;
	email: string;
	password: string;
};

export type SetupRefusal =
	| "setup_done"
	| "setup_code_wrong"
	| "throttled"
	| "email_malformed"
	| PasswordRefusal
	| CreateWorkspaceRefusal;

/** Makes the first workspace and admin, and signs the admin's browser in. */
export async function completeSetup(
	db: Db,
	input: SetupInput,
	visitor: Visitor,
	now: Date,
): Promise<
	{ ok: true; workspace: Workspace; browserId: string } | { ok: false; reason: SetupRefusal }
> {
	if (!(await needsSetup(db))) return { ok: false, reason: "setup_done" };
	const allowed = await consume(db, guesses, senderOf(visitor.address));
	if (!allowed.ok) return { ok: false, reason: "throttled" };
	const refused = await refusePassword(input.password, {
		secondFactor: false,
		about: [input.email, input.name, input.workspaceName, input.slug],
	});
	const [stored] = await db.select().from(installation).where(eq(installation.key, codeKey));
	if (!stored || !equalTexts(String(stored.value), hashToken(input.code.trim())))
		return { ok: false, reason: "setup_code_wrong" };
	if (refused) return { ok: false, reason: refused };
	const actor: Actor = { kind: "setup", label: input.email, address: visitor.address };
	return transactOrUndo(db, async (tx) => {
		// Whoever deletes the code is the one who sets up; a second form finds none.
		const taken = await tx
			.delete(installation)
			.where(eq(installation.key, codeKey))
			.returning({ key: installation.key });
		if (taken.length === 0) return { ok: false, reason: "setup_done" };
		const created = await createWorkspace(tx, actor, {
			slug: input.slug,
			name: input.workspaceName,
			plan: "enterprise",
		});
		if (!created.ok) return created;
		const { workspace } = created;
		const admin = await createMember(tx, actor, workspace.id, {
			email: input.email.trim(),
			emailProof: "setup",
			name: input.name.trim() || input.email.trim(),
			roleByHand: adminRole,
			createdBy: "setup",
		});
		if (!admin.ok) return { ok: false, reason: "email_malformed" };
		await setPassword(tx, workspace.id, admin.member.id, input.password);
		const { document: policy } = await currentPolicy(tx, workspace.id);
		const browserId = await startSession(tx, {
			workspaceId: workspace.id,
			memberId: admin.member.id,
			method: "setup",
			policy,
			visitor,
			now,
		});
		return { ok: true, workspace, browserId };
	});
}
