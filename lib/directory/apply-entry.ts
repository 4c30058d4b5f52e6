/**
 * Making what the directory says of one member take effect, where somebody here had decided
 * otherwise. The role is a matter of pins, which lib/members/manage-role sets and takes.
 */
import type { Tx } from "@/db/client";
import { done, type Managed, manage, refused, tellOfAdmin, weigh } from "@/lib/members/case";
import { reactivateMember, suspendMember } from "@/lib/members/members";
import type { Acting } from "@/lib/roles/granter";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { giveAddress } from "./effects";
import { entryBehind } from "./entries";

/**
 * Gives the member the access, or the address, that the entry says, which may be none. A person may
 * be managed by the directory alone and this still be done: it is what the directory asks for.
 * Refused: stale (they say the same by now, or the person has an invitation to accept), email_taken,
 *   last_admin; role_above_own and needs_fresh_sign_in for the role that comes with access.
 */
export function applyEntry(
	tx: Tx,
	acting: Acting,
	workspace: Workspace,
	memberId: string,
	about: "access" | "email",
	now: Date,
): Promise<Managed> {
	return manage(tx, acting, workspace, memberId, async (of) => {
		const { tx, actor, member, facts } = of;
		const entry = await entryBehind(tx, member);
		if (!entry) return refused("stale");
		if (about === "email") {
			if (entry.emailKey === member.emailKey) return refused("stale");
			const by = { actor, now };
			const given = await giveAddress(tx, by, member, entry.email, entry.email);
			return given.ok ? done : given;
		}
		if (entry.active === (member.status === "active")) return refused("stale");
		// The directory brought them, and the policy has them accept before they come in.
		if (member.suspendedBy === "invitation") return refused("stale");
		if (!entry.active) return suspendMember(tx, actor, member, "directory");
		const { reason } = await weigh(of, null, { ...facts, active: true });
		if (reason) return refused(reason);
		await reactivateMember(tx, actor, member, "admin");
		return tellOfAdmin(of, now);
	});
}
