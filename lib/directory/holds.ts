/**
 * Holds: what the IdP said and what is not in effect until an admin looks at it. Two kinds of
 * effect are held: one that would take the last admin's way in, which never takes effect by itself,
 * and one that the brake stopped, which does after four hours. The IdP has had its usual answer.
 * Owns the rows, and what applying and dismissing mean; ./effects decides what is held.
 */
import { and, asc, eq, isNotNull, lte, sql } from "drizzle-orm";
import { type Db, type Tx, transact, transactOrUndo } from "@/db/client";
import { holds, identities, members, removals } from "@/db/schema";
import { statement } from "@/db/statement";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { applyAccess, loadRoles } from "@/lib/members/access";
import { keepAnAdmin } from "@/lib/members/last-admin";
import {
	findMember,
	labelOf,
	type Member,
	removeMember,
	suspendMember,
} from "@/lib/members/members";
import { newId } from "@/lib/platform/ids";
import { enqueue, type Handlers } from "@/lib/platform/jobs";
import { type Acting, granterOf, refuseGrant } from "@/lib/roles/granter";
import { forgetDepartures } from "./brake";
import type { DirectoryKey } from "./directory";
import { askForHoldMail, mailHolds } from "./hold-mail";

export type Hold = typeof holds.$inferSelect;

/** What the directory asked for and did not get yet. */
export type Held = Pick<Hold, "reason" | "effect"> &
	Partial<Pick<Hold, "role" | "cause" | "removal">>;

/** After this time what the brake stopped takes effect by itself. */
const brakeMs = 4 * 3_600_000;

/** The hold that stands for a member, or null. */
export async function standingHold(
	db: Db | Tx,
	member: { workspaceId: string; id: string },
): Promise<Hold | null> {
	const { workspaceId, id } = member;
	const [hold] = await standingOf(db, { workspaceId, id });
	return hold ?? null;
}

const standingOf = statement(["workspaceId", "id"], (on, at) =>
	on
		.select()
		.from(holds)
		.where(
			and(
				eq(holds.workspaceId, at.workspaceId),
				eq(holds.memberId, at.id),
				eq(holds.state, sql.raw("'held'")),
			),
		),
);

/** Which effect says more: a removal is a suspension too, and that a change of role. */
const weight = { role_changed: 0, suspended: 1, removed: 2 } as const;

/**
 * Keeps an effect back. At most one hold stands for a member: it becomes the heavier of the two,
 * and one that guards the last admin never begins to run out.
 */
export async function hold(
	tx: Tx,
	actor: Actor,
	directory: DirectoryKey,
	member: Member,
	held: Held,
	now: Date,
): Promise<void> {
	const { workspaceId } = directory;
	const before = await standingHold(tx, member);
	const heavier = before && weight[before.effect] > weight[held.effect] ? before : held;
	const reason = before?.reason === "last_admin" ? before.reason : held.reason;
	const values = {
		reason,
		effect: heavier.effect,
		role: held.role ?? before?.role ?? null,
		cause: held.cause ?? before?.cause ?? null,
		removal: heavier.removal ?? null,
		dueAt: reason === "last_admin" ? null : (before?.dueAt ?? new Date(now.getTime() + brakeMs)),
	};
	if (before) await tx.update(holds).set(values).where(keyOf(before));
	else
		await tx.insert(holds).values({
			...values,
			workspaceId,
			id: newId(),
			directoryId: directory.id,
			memberId: member.id,
			label: labelOf(member),
			heldAt: now,
			state: "held",
		});
	await record(tx, workspaceId, actor, {
		kind: reason === "last_admin" ? "directory.effect_held" : "directory.brake_held",
		outcome: "held",
		subject: { kind: "member", id: member.id, label: labelOf(member) },
		details: { reason, effect: heavier.effect },
	});
	if (values.dueAt)
		await enqueue(
			tx,
			"holds.due",
			{ workspaceId },
			{ dueAt: values.dueAt, uniqueKey: `holds.due ${workspaceId}` },
		);
	await askForHoldMail(tx, workspaceId, now);
}

/** The directory itself has taken back what was held: there is nothing left to decide. */
export async function lapse(tx: Tx, actor: Actor, member: Member, now: Date): Promise<void> {
	const standing = await standingHold(tx, member);
	if (!standing) return;
	await end(tx, standing, "lapsed", actor.label, now);
	await record(tx, member.workspaceId, actor, {
		kind: "directory.hold_lapsed",
		subject: { kind: "member", id: member.id, label: labelOf(member) },
		details: { effect: standing.effect },
	});
}

/** How many wait for an admin. */
export function countHolds(db: Db | Tx, workspaceId: string): Promise<number> {
	return db.$count(holds, standsIn(workspaceId));
}

/** What waits for an admin, oldest first. */
export async function listHolds(db: Db | Tx, workspaceId: string, limit = 500): Promise<Hold[]> {
	return db
		.select()
		.from(holds)
		.where(standsIn(workspaceId))
		.orderBy(asc(holds.heldAt), asc(holds.id))
		.limit(limit);
}

type HoldRefusal =
	| "not_permitted"
	/** It is not held any more. */
	| "stale"
	| "last_admin"
	| "role_above_own"
	| "needs_fresh_sign_in";

type Decided = { ok: true } | { ok: false; reason: HoldRefusal };

/**
 * Lets a held effect happen. Run it in `transactOrUndo`.
 * Refused: not_permitted, stale, last_admin while there is no other admin who can come in.
 */
export function applyHold(
	tx: Tx,
	acting: Acting,
	workspaceId: string,
	id: string,
	now: Date,
): Promise<Decided> {
	return keepAnAdmin(
		tx,
		workspaceId,
		async (tx): Promise<Decided> => {
			if (!(await granterOf(tx, workspaceId, acting, "directory.manage")))
				return { ok: false, reason: "not_permitted" };
			const found = await lockHold(tx, workspaceId, id);
			const member = found && (await findMember(tx, workspaceId, found.memberId));
			if (!found || !member) return { ok: false, reason: "stale" };
			const { actor } = acting;
			await end(tx, found, "applied", actor.label, now);
			await record(tx, workspaceId, actor, {
				kind: "directory.hold_applied",
				subject: { kind: "member", id: member.id, label: labelOf(member) },
				details: { effect: found.effect },
			});
			return carryOut(tx, actor, found, member, now);
		},
		now,
	);
}

/** What the effect would have been when it was held. */
async function carryOut(
	tx: Tx,
	actor: Actor,
	{ effect, removal }: Hold,
	member: Member,
	now: Date,
): Promise<Decided> {
	if (effect === "role_changed") {
		await applyAccess(tx, actor, member.workspaceId, [member.id]);
		return { ok: true };
	}
	if (effect === "suspended") return suspendMember(tx, actor, member, "directory");
	const signedInAs = await tx
		.select({ issuer: identities.issuer, subject: identities.subject })
		.from(identities)
		.where(and(eq(identities.workspaceId, member.workspaceId), eq(identities.memberId, member.id)));
	const { createdMember = false, ...person } = removal ?? {
		userNameKey: member.emailKey ?? member.id,
		emailKey: member.emailKey,
		externalId: null,
	};
	const out = createdMember
		? await removeMember(tx, actor, member)
		: await suspendMember(tx, actor, member, "directory");
	if (!out.ok) return out;
	await tx.insert(removals).values({
		workspaceId: member.workspaceId,
		id: newId(),
		...person,
		memberId: member.id,
		identities: signedInAs,
		removedAt: now,
	});
	return { ok: true };
}

/**
 * Decides against a held effect: what is in effect stays. Where a role was kept, it is pinned, so
 * that the member's page says why. Run it in `transactOrUndo`.
 * Refused: not_permitted, stale, and for a role that is kept role_above_own, needs_fresh_sign_in.
 */
export function dismissHold(
	tx: Tx,
	acting: Acting,
	workspaceId: string,
	id: string,
	now: Date,
): Promise<Decided> {
	return keepAnAdmin(
		tx,
		workspaceId,
		async (tx): Promise<Decided> => {
			const granter = await granterOf(tx, workspaceId, acting, "directory.manage");
			if (!granter) return { ok: false, reason: "not_permitted" };
			const found = await lockHold(tx, workspaceId, id);
			const member = found && (await findMember(tx, workspaceId, found.memberId));
			if (!found || !member) return { ok: false, reason: "stale" };
			const { actor } = acting;
			if (found.role !== null && member.pinnedRole === null) {
				const role = (await loadRoles(tx, workspaceId)).find(({ key }) => key === found.role);
				const refused = role ? refuseGrant(granter, role) : null;
				if (refused) return { ok: false, reason: refused };
				if (role) await pin(tx, member, role.key);
			}
			await end(tx, found, "dismissed", actor.label, now);
			await record(tx, workspaceId, actor, {
				kind: "directory.hold_dismissed",
				subject: { kind: "member", id: member.id, label: labelOf(member) },
				details: { effect: found.effect, role: found.role },
			});
			await applyAccess(tx, actor, workspaceId, [member.id]);
			return { ok: true };
		},
		now,
	);
}

async function pin(tx: Tx, { workspaceId, id }: Member, role: string): Promise<void> {
	await tx
		.update(members)
		.set({ pinnedRole: role, pinnedReason: "Kept when a hold was dismissed" })
		.where(and(eq(members.workspaceId, workspaceId), eq(members.id, id)));
}

async function end(
	tx: Tx,
	found: Hold,
	state: "applied" | "dismissed" | "lapsed",
	by: string,
	now: Date,
): Promise<void> {
	await tx.update(holds).set({ state, decidedAt: now, decidedBy: by }).where(keyOf(found));
}

async function lockHold(tx: Tx, workspaceId: string, id: string): Promise<Hold | null> {
	const [found] = await tx
		.select()
		.from(holds)
		.where(and(eq(holds.id, id), standsIn(workspaceId)))
		.for("update");
	return found ?? null;
}

const byItself: Actor = { kind: "system", label: "Gatehouse" };

/** Lets what the brake held take effect, once its time has come. */
async function applyDueHolds(db: Db, workspaceId: string, now: Date): Promise<void> {
	for (;;) {
		const due = await db
			.select()
			.from(holds)
			.where(and(standsIn(workspaceId), isNotNull(holds.dueAt), lte(holds.dueAt, now)))
			.orderBy(asc(holds.dueAt))
			.limit(100);
		for (const found of due) {
			const acting = { actor: byItself, fresh: true };
			const done = await transactOrUndo(db, (tx) =>
				applyHold(tx, acting, workspaceId, found.id, now),
			);
			// It has become the last admin's meanwhile: from now on it waits for a person.
			if (!done.ok && done.reason === "last_admin")
				await db
					.update(holds)
					.set({ reason: "last_admin", dueAt: null })
					.where(and(keyOf(found), eq(holds.state, "held")));
		}
		if (due.length < 100) return;
	}
}

async function nextDue(db: Db, workspaceId: string): Promise<Date | undefined> {
	const [row] = await db
		.select({ at: holds.dueAt })
		.from(holds)
		.where(and(standsIn(workspaceId), isNotNull(holds.dueAt)))
		.orderBy(asc(holds.dueAt))
		.limit(1);
	return row?.at ?? undefined;
}

const hourMs = 3_600_000;

/** What holds ask for by themselves: to take effect, to be told of, and to be forgotten. */
export function holdJobs(db: Db): Handlers {
	return {
		"holds.due": async ({ workspaceId }, { now }) => {
			await applyDueHolds(db, String(workspaceId), now);
			return nextDue(db, String(workspaceId));
		},
		"holds.mail": async ({ workspaceId }, { now }) => {
			await transact(db, (tx) => mailHolds(tx, String(workspaceId), now));
			return undefined;
		},
		"departures.forget": async (_, { now }) => {
			await forgetDepartures(db, now);
			return new Date(now.getTime() + hourMs);
		},
	};
}

const standsIn = (workspaceId: string) =>
	and(eq(holds.workspaceId, workspaceId), eq(holds.state, "held"));

const keyOf = ({ workspaceId, id }: Hold) =>
	and(eq(holds.workspaceId, workspaceId), eq(holds.id, id));
