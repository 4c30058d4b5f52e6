/**
 * A directory that brings somebody who is a member already: whether it may take them over, and what
 * the first contact does to them. Whom it may is decided in lib/policy/take-over.
 */
import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { directoryUsers, domains } from "@/db/schema";
import { record } from "@/lib/activity/record";
import { isActiveAdmin, labelOf, type Member } from "@/lib/members/members";
import { domainOf } from "@/lib/platform/text";
import { takeOverRefused } from "@/lib/policy/take-over";
import { currentPolicy } from "@/lib/workspaces/policy";
import { type Change, followProfile } from "./effects";
import { standingHold } from "./holds";
import type { Person } from "./person";

/** Why the directory may not take over this member; null where it may (lib/policy/take-over). */
export async function mayNotLink(
	tx: Tx,
	member: Member,
): Promise<{ ok: false; reason: NonNullable<ReturnType<typeof takeOverRefused>> } | null> {
	const { workspaceId, id } = member;
	const [entry] = await tx
		.select({ id: directoryUsers.id })
		.from(directoryUsers)
		.where(and(eq(directoryUsers.workspaceId, workspaceId), eq(directoryUsers.memberId, id)));
	const [domain] = await tx
		.select({ state: domains.state })
		.from(domains)
		.where(
			and(eq(domains.workspaceId, workspaceId), eq(domains.domain, domainOf(member.email ?? ""))),
		);
	const { document } = await currentPolicy(tx, workspaceId);
	const reason = takeOverRefused(document, {
		managed: entry !== undefined,
		comesBack: await comesBack(tx, member),
		domainVerified: domain?.state === "verified",
	});
	return reason && { ok: false, reason };
}

/**
 * The first contact with a member who was here before. Role, address and proof stay as they are:
 * an admin does not become one by a weaker proof, and the log shows that an admin was linked.
 */
export async function link(tx: Tx, by: Change, member: Member, person: Person): Promise<void> {
	await record(tx, member.workspaceId, by.actor, {
		kind: "member.linked",
		subject: { kind: "member", id: member.id, label: labelOf(member) },
		details: { by: "directory", admin: isActiveAdmin(member) },
	});
	const { email, name } = member;
	await followProfile(tx, by, member, { email, name }, { email, name: person.name });
}

/** Whether the directory made this member, deleted them, and their removal is held. */
export async function comesBack(tx: Tx, member: Member): Promise<boolean> {
	const standing = await standingHold(tx, member);
	return standing?.effect === "removed" && standing.removal?.createdMember === true;
}
