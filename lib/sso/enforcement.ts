/**
 * Enforcing SSO, and turning SSO off as a whole: changes of policy and connections together, each
 * one act. What the policy itself asks for before enforcing is in lib/policy/change, what follows
 * a connection's end in ./turned-off.
 */
import { and, eq, isNotNull } from "drizzle-orm";
import { type Db, type Tx, transact } from "@/db/client";
import { members } from "@/db/schema";
import { enforcedMail } from "@/lib/accounts/mails";
import { keepAnAdmin } from "@/lib/members/last-admin";
import { changePolicy, type PolicyChangeRefusal } from "@/lib/members/policy-change";
import { env } from "@/lib/platform/env";
import { enqueue, type Handlers } from "@/lib/platform/jobs";
import { queueMail } from "@/lib/platform/mail";
import { enforcesSso } from "@/lib/policy/document";
import type { Reason } from "@/lib/policy/reasons";
import type { Acting } from "@/lib/roles/granter";
import { currentPolicy, savePolicy } from "@/lib/workspaces/policy";
import { type Workspace, workspaceById } from "@/lib/workspaces/workspaces";
import { listConnections, pauseConnection } from "./connections";
import { activeConnectionIds } from "./turned-off";

/**
 * Enforces SSO, now or from the start of a day (UTC). Run it in `transactOrUndo`.
 * @param input.mail mail everybody how they sign in.
 * Refused: as `changePolicy`; needs_active_connection.
 */
export async function enforce(
	tx: Tx,
	acting: Acting,
	workspace: Workspace,
	base: number,
	input: { from: string | null; mail: boolean; reason: string | null },
): Promise<{ ok: true; revision: number } | PolicyChangeRefusal> {
	const { from, mail, reason } = input;
	if ((await activeConnectionIds(tx, workspace.id)).length === 0)
		return { ok: false, reason: "needs_active_connection" };
	const enforceSso = from ? ({ mode: "onFrom", from } as const) : ({ mode: "on" } as const);
	const changed = await changePolicy(tx, acting, workspace.id, base, { enforceSso }, reason);
	if (changed.ok && mail) await enqueue(tx, "enforcement.mail", { workspaceId: workspace.id });
	return changed;
}

/**
 * Turns SSO off: every connection is paused and enforcing ends, so that passwords open again.
 * Run it in `transactOrUndo`. Refused: not_permitted, stale, last_admin.
 */
export function turnSsoOff(
	tx: Tx,
	{ actor }: Acting,
	workspace: Workspace,
	options: { offerPasswords: boolean },
): Promise<{ ok: true } | { ok: false; reason: Reason }> {
	type Result = { ok: true } | { ok: false; reason: Reason };
	return keepAnAdmin<Result>(tx, workspace.id, async (tx) => {
		const { document, revision } = await currentPolicy(tx, workspace.id);
		if (document.enforceSso.mode !== "off") {
			const off = { enforceSso: { mode: "off" } } as const;
			const saved = await savePolicy(tx, actor, workspace.id, revision, off, null);
			if (!saved.ok) return saved;
		}
		const active = await activeConnectionIds(tx, workspace.id);
		if (active.length === 0) return { ok: false, reason: "stale" };
		for (const id of active) {
			const paused = await pauseConnection(tx, actor, workspace, id, options);
			if (!paused.ok) return paused;
		}
		return { ok: true };
	});
}

/** Tells everybody how they sign in from now on, or from a day on. */
export function enforcementJobs(db: Db): Handlers {
	return {
		"enforcement.mail": async ({ workspaceId }, { now }) => {
			const workspace = await workspaceById(db, String(workspaceId));
			if (!workspace) return undefined;
			// All or none: a run that failed half way mails nobody twice.
			await transact(db, async (tx) => {
				const { document } = await currentPolicy(tx, workspace.id);
				const { enforceSso } = document;
				const active = (await listConnections(tx, workspace.id)).find(
					({ status }) => status === "active",
				);
				if (enforceSso.mode === "off" || !active) return;
				const from =
					enforceSso.mode === "onFrom" && !enforcesSso(document, now)
						? new Date(enforceSso.from)
						: null;
				const href = `${env().PUBLIC_URL}/login?${new URLSearchParams({ workspace: workspace.slug })}`;
				const people = await tx
					.select({ email: members.email })
					.from(members)
					.where(
						and(
							eq(members.workspaceId, workspace.id),
							eq(members.status, "active"),
							isNotNull(members.email),
						),
					);
				for (const { email } of people)
					if (email)
						await queueMail(
							tx,
							enforcedMail({ workspace, to: email }, { provider: active.name, from, href }),
						);
			});
			return undefined;
		},
	};
}
