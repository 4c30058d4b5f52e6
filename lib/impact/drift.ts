/**
 * Where what the directory says and what is in effect are not the same, and why: a hold, a pin, a
 * cap, another rule, or somebody's hand. Loads and decides; writes nothing.
 */
import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { directoryUsers, holds, members } from "@/db/schema";
import { decideOnce, loadRules } from "@/lib/members/access";
import { chunksOfMembers } from "@/lib/members/facts";
import { addressLocksOut } from "@/lib/members/last-admin";
import { isActiveAdmin, labelOf } from "@/lib/members/members";
import { currentPolicy } from "@/lib/workspaces/policy";

/** Why it differs. */
type DriftReason =
	| "hold"
	| "dismissed"
	| "byAdmin"
	/** Is in the directory, and has not accepted the invitation yet. */
	| "invitation"
	/** The same, and cannot be invited yet: without an address, or without a role. */
	| "noAddress"
	| "noRole"
	| "pin"
	| "cap"
	| "policy"
	| "unknownRole"
	/** The address was changed here, or kept when the directory changed it. */
	| "changedHere"
	/** Nobody could come in as an admin with the address that the directory says, or without one. */
	| "lastAdmin"
	| "removedHere";

export type Drift = {
	/** Null: there is no member any more. */
	memberId: string | null;
	name: string;
	about: "access" | "role" | "email" | "member";
	/** In words where it is a role or an address, empty for none; else "active", "inactive", "removed". */
	says: string;
	inEffect: string | null;
	why: DriftReason;
	/** What an admin can decide about. */
	holdId: string | null;
};

/** The differences, at most `limit` of them: people of one side only first, each by id. */
export async function listDrift(db: Db | Tx, workspaceId: string, limit: number): Promise<Drift[]> {
	const { document } = await currentPolicy(db, workspaceId);
	const rules = await loadRules(db, workspaceId);
	const decide = decideOnce(document, rules);
	const nameOf = (key: string | null) =>
		key === null ? null : (rules.roles.find((role) => role.key === key)?.name ?? key);
	const found: Drift[] = [
		...(await heldRemovals(db, workspaceId, limit)),
		...(await orphans(db, workspaceId, limit)),
	];
	const mapped = Object.keys(document.mappings);
	for await (const chunk of chunksOfMembers(db, workspaceId, "everyone", mapped)) {
		const managed = chunk.filter(({ facts }) => facts.directory !== null);
		const details = await detailsOf(
			db,
			workspaceId,
			managed.map(({ id }) => id),
		);
		for (const person of managed) {
			const detail = details.get(person.id);
			if (!detail) continue;
			const base = { memberId: person.id, name: labelOf(person), holdId: detail.holdId };
			const { entryActive, status } = detail;
			if (entryActive !== (status === "active"))
				found.push({
					...base,
					about: "access",
					says: entryActive ? "active" : "inactive",
					inEffect: status === "active" ? "active" : "inactive",
					why: whyOfAccess(detail, decide({ ...person.facts, active: true }).role !== null),
				});
			const access = decide(person.facts);
			if (detail.entryEmail !== detail.emailKey) {
				const isAdmin = isActiveAdmin({ status, role: access.role });
				const { id } = person;
				const locksOut =
					isAdmin && (await addressLocksOut(db, { workspaceId, id }, detail.entryEmail));
				found.push({
					...base,
					holdId: null,
					about: "email",
					says: detail.entryEmail ?? "",
					inEffect: detail.emailKey,
					why: locksOut ? "lastAdmin" : "changedHere",
				});
			}
			const lost = access.losing.find(
				({ source, because, role }) =>
					(source.kind === "directoryGroup" || source.kind === "attribute") &&
					role !== access.role &&
					because in whyOf,
			);
			const held = access.source?.kind === "held";
			if (status === "active" && (lost || held))
				found.push({
					...base,
					about: "role",
					says: nameOf(lost?.role ?? null) ?? "",
					inEffect: nameOf(access.role),
					why: held ? "hold" : (whyOf[lost?.because as keyof typeof whyOf] ?? "policy"),
				});
		}
		if (found.length >= limit) break;
	}
	return found.slice(0, limit);
}

function whyOfAccess(of: Detail, hasRole: boolean): DriftReason {
	const { entryActive, suspendedBy, holdId, dismissed } = of;
	if (suspendedBy === "invitation") {
		if (of.emailKey === null) return "noAddress";
		return hasRole ? "invitation" : "noRole";
	}
	if (holdId && !entryActive) return "hold";
	return !entryActive && dismissed ? "dismissed" : "byAdmin";
}

/** Why a role that the directory gives is not in effect. A higher one of its own is no drift. */
const whyOf = {
	pinned: "pin",
	capped: "cap",
	notRead: "policy",
	unknownRole: "unknownRole",
	held: "hold",
} as const;

type Detail = {
	entryActive: boolean;
	entryEmail: string | null;
	emailKey: string | null;
	status: "active" | "suspended";
	suspendedBy: string | null;
	holdId: string | null;
	/** An admin decided once to leave the person their access. */
	dismissed: boolean;
};

async function detailsOf(
	db: Db | Tx,
	workspaceId: string,
	ids: string[],
): Promise<Map<string, Detail>> {
	if (ids.length === 0) return new Map();
	const rows = await db
		.select({
			id: members.id,
			entryActive: directoryUsers.active,
			entryEmail: directoryUsers.emailKey,
			emailKey: members.emailKey,
			status: members.status,
			suspendedBy: members.suspendedBy,
			holdId: holds.id,
			dismissed: sql<boolean>`${members.id} in ${dismissedIn(db, workspaceId)}`,
		})
		.from(members)
		.innerJoin(
			directoryUsers,
			and(
				eq(directoryUsers.workspaceId, members.workspaceId),
				eq(directoryUsers.memberId, members.id),
			),
		)
		.leftJoin(
			holds,
			and(
				eq(holds.workspaceId, members.workspaceId),
				eq(holds.memberId, members.id),
				eq(holds.state, "held"),
			),
		)
		.where(
			and(
				eq(members.workspaceId, workspaceId),
				// One parameter, however many they are.
				sql`${members.id} = any(${`{${ids.join(",")}}`}::uuid[])`,
			),
		);
	return new Map(rows.map(({ id, ...detail }) => [id, detail]));
}

/** The members of whom a hold that would have taken their access was dismissed. */
const dismissedIn = (db: Db | Tx, workspaceId: string) =>
	db
		.select({ id: holds.memberId })
		.from(holds)
		.where(
			and(
				eq(holds.workspaceId, workspaceId),
				eq(holds.state, "dismissed"),
				inArray(holds.effect, ["suspended", "removed"]),
			),
		);

/** Members whose entry is gone, and whose removal is held. */
async function heldRemovals(db: Db | Tx, workspaceId: string, limit: number): Promise<Drift[]> {
	const rows = await db
		.select({
			memberId: members.id,
			name: members.name,
			email: members.email,
			status: members.status,
			holdId: holds.id,
		})
		.from(holds)
		.innerJoin(
			members,
			and(eq(members.workspaceId, holds.workspaceId), eq(members.id, holds.memberId)),
		)
		.leftJoin(
			directoryUsers,
			and(
				eq(directoryUsers.workspaceId, holds.workspaceId),
				eq(directoryUsers.memberId, holds.memberId),
			),
		)
		.where(
			and(
				eq(holds.workspaceId, workspaceId),
				eq(holds.state, "held"),
				eq(holds.effect, "removed"),
				// Whom the directory has made again is told of by what it says now.
				isNull(directoryUsers.id),
			),
		)
		.orderBy(asc(members.id))
		.limit(limit);
	return rows.map(({ memberId, status, holdId, ...person }) => ({
		memberId,
		name: labelOf(person),
		about: "access",
		says: "removed",
		inEffect: status === "active" ? "active" : "inactive",
		why: "hold",
		holdId,
	}));
}

/** People of the directory whom an admin removed here. */
async function orphans(db: Db | Tx, workspaceId: string, limit: number): Promise<Drift[]> {
	const rows = await db
		.select({
			userName: directoryUsers.userName,
			displayName: directoryUsers.displayName,
			active: directoryUsers.active,
		})
		.from(directoryUsers)
		.where(and(eq(directoryUsers.workspaceId, workspaceId), isNull(directoryUsers.memberId)))
		.limit(limit);
	return rows.map(({ userName, displayName, active }) => ({
		memberId: null,
		name: displayName ?? userName,
		about: "member",
		says: active ? "active" : "inactive",
		inEffect: null,
		why: "removedHere",
		holdId: null,
	}));
}
