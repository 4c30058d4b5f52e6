/** A member as the decisions in lib/policy know them. */
import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { directoryUsers, googleAccounts, members, roles } from "@/db/schema";
import type { PersonFacts } from "@/lib/policy/admit";
import { isAdministrative } from "@/lib/roles/permissions";
import { removalIsHeld } from "./managed";
import { isLastAdmin, type Member } from "./members";

/** Loads what `admit` asks for about one member. */
export async function personFacts(tx: Tx, member: Member): Promise<PersonFacts> {
	const [entry] = await tx
		.select({
			active: directoryUsers.active,
			emailKey: directoryUsers.emailKey,
			externalId: directoryUsers.externalId,
			kept: sql<boolean>`(${directoryUsers.id} is not null or ${removalIsHeld})`,
		})
		.from(members)
		.leftJoin(
			directoryUsers,
			and(
				eq(directoryUsers.workspaceId, members.workspaceId),
				eq(directoryUsers.memberId, members.id),
			),
		)
		.where(and(eq(members.workspaceId, member.workspaceId), eq(members.id, member.id)));
	return {
		memberId: member.id,
		email: member.emailKey,
		active: member.status === "active",
		suspendedBy: member.suspendedBy,
		emailProof: member.emailProof,
		isAdmin: await holdsAdminPermissions(tx, member),
		isLastAdmin: await isLastAdmin(tx, member),
		hasRole: member.role !== null,
		googleLinked: await isGoogleLinked(tx, member),
		directory: entry?.kept
			? {
					// A deactivation or removal that is held has not taken effect: the member is still active.
					active: entry.active === true || member.status === "active",
					email: entry.emailKey,
					externalId: entry.externalId,
				}
			: null,
	};
}

async function holdsAdminPermissions(tx: Tx, member: Member): Promise<boolean> {
	if (member.status !== "active" || member.role === null) return false;
	const [role] = await tx
		.select()
		.from(roles)
		.where(and(eq(roles.workspaceId, member.workspaceId), eq(roles.key, member.role)));
	return role !== undefined && isAdministrative(role);
}

async function isGoogleLinked(tx: Tx, { workspaceId, id }: Member): Promise<boolean> {
	const linked = await tx
		.select({ subject: googleAccounts.subject })
		.from(googleAccounts)
		.where(and(eq(googleAccounts.workspaceId, workspaceId), eq(googleAccounts.memberId, id)));
	return linked.length > 0;
}
