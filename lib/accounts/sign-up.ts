/**
 * Signing up, where SIGNUP=open: whoever proves an address makes a workspace of their own. The
 * proof is a ticket, a sealed text in a mailed link or, after Google, in a cookie; nothing is
 * stored until the workspace is. The ticket names the id of the workspace it may make, so the
 * primary key lets it be used once. Accounts are per workspace, so it is no matter, and never
 * told, whether the address is known elsewhere.
 */
import { z } from "zod";
import { type Db, transactOrUndo } from "@/db/client";
import { googleAccounts } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { createMember } from "@/lib/members/members";
import { senderOf } from "@/lib/platform/addresses";
import { open, seal } from "@/lib/platform/crypto";
import { env } from "@/lib/platform/env";
import { newId } from "@/lib/platform/ids";
import { consume } from "@/lib/platform/limits";
import { queueMail } from "@/lib/platform/mail";
import { domainOf, foldKey, isEmail } from "@/lib/platform/text";
import { adminRole } from "@/lib/roles/permissions";
import { currentPolicy, savePolicy } from "@/lib/workspaces/policy";
import {
	type CreateWorkspaceRefusal,
	createWorkspace,
	type Workspace,
	workspaceById,
} from "@/lib/workspaces/workspaces";
import type { GoogleIdentity } from "./google";
import { signUpMail } from "./mails";
import { type PasswordRefusal, refusePassword, setPassword } from "./passwords";
import { startSession, type Visitor } from "./sessions";

const hours = 24;
const perSender = { name: "sign_up.sender", points: 20, seconds: 3600 };
const perEmail = { name: "sign_up.email", points: 3, seconds: 3600 };

/** Whether anybody may make a workspace here. */
export function signUpIsOpen(): boolean {
	return env().SIGNUP === "open";
}

const tickets = z.object({
	/** The workspace it may make. */
	id: z.uuid(),
	email: z.string(),
	/** Whether the address is certainly the person's own. */
	proof: z.enum(["mail", "sso"]).nullable(),
	/** The Google account that is to open the workspace, in place of a password. */
	google: z.object({ subject: z.string(), name: z.string() }).nullable(),
	until: z.number(),
});
type Ticket = z.infer<typeof tickets>;

const sealTicket = (ticket: Ticket) => seal(JSON.stringify(ticket), "sign_up");

function openTicket(text: string, now: Date): Ticket | null {
	try {
		const { success, data } = tickets.safeParse(JSON.parse(open(text, "sign_up")));
		return success && now.getTime() < data.until ? data : null;
	} catch {
		return null;
	}
}

/**
 * Mails a link that makes a workspace.
 * Refused: email_malformed, throttled.
 */
export async function askToSignUp(
	db: Db,
	email: string,
	visitor: Visitor,
	now: Date,
): Promise<{ ok: true } | { ok: false; reason: "email_malformed" | "throttled" }> {
	if (!isEmail(email)) return { ok: false, reason: "email_malformed" };
	for (const [limit, key] of [
		[perSender, senderOf(visitor.address)],
		[perEmail, foldKey(email)],
	] as const)
		if (!(await consume(db, limit, key)).ok) return { ok: false, reason: "throttled" };
	const until = new Date(now.getTime() + hours * 3600_000);
	const ticket = sealTicket({
		id: newId(),
		email,
		proof: "mail",
		google: null,
		until: until.getTime(),
	});
	const href = `${env().PUBLIC_URL}/signup/create?${new URLSearchParams({ ticket })}`;
	await queueMail(db, signUpMail({ to: email, link: { href, until } }));
	return { ok: true };
}

/** The ticket of a Google account, for an hour; null where Google has not verified its address. */
export function ticketOfGoogle(identity: GoogleIdentity, now: Date): string | null {
	const { subject, name, email, emailVerified } = identity;
	if (!emailVerified || !isEmail(email)) return null;
	return sealTicket({
		id: newId(),
		email,
		proof: speaksForAddress(identity) ? "sso" : null,
		google: { subject, name },
		until: now.getTime() + 3600_000,
	});
}

/** Google runs the mailbox itself; elsewhere it only knows that the person once had it. */
function speaksForAddress({ email, hostedDomain }: GoogleIdentity): boolean {
	const domain = domainOf(email);
	return /^(gmail|googlemail)\.com$/.test(domain) || domain === hostedDomain;
}

/** What a ticket stands for, for the page that asks for the rest; null where it has ended. */
export async function findSignUp(
	db: Db,
	ticket: string,
	now: Date,
): Promise<{ email: string; name: string; by: "mail" | "google" } | null> {
	const opened = openTicket(ticket, now);
	if (!opened || (await workspaceById(db, opened.id))) return null;
	const { email, google } = opened;
	return { email, name: google?.name ?? "", by: google ? "google" : "mail" };
}

export type SignUpInput = { workspaceName: string; slug: string; name: string; password: string };

export type SignUpRefusal =
	| "link_expired"
	| "person_missing"
	| PasswordRefusal
	| CreateWorkspaceRefusal;

/** Makes the workspace of a ticket with its admin, and signs the admin's browser in. */
export async function createOwnWorkspace(
	db: Db,
	ticket: string,
	input: SignUpInput,
	visitor: Visitor,
	now: Date,
): Promise<
	{ ok: true; workspace: Workspace; browserId: string } | { ok: false; reason: SignUpRefusal }
> {
	const opened = openTicket(ticket, now);
	if (!opened || (await workspaceById(db, opened.id))) return { ok: false, reason: "link_expired" };
	const { email, google } = opened;
	const name = input.name.trim();
	if (!name || name.length > 200) return { ok: false, reason: "person_missing" };
	const about = [email, name, input.workspaceName, input.slug];
	const refused = google
		? null
		: await refusePassword(input.password, { secondFactor: false, about });
	if (refused) return { ok: false, reason: refused };
	const actor: Actor = { kind: "setup", label: email, address: visitor.address };
	return transactOrUndo(db, async (tx) => {
		const { id } = opened;
		const { slug, workspaceName } = input;
		const created = await createWorkspace(tx, actor, {
			id,
			slug,
			name: workspaceName,
			plan: "free",
		});
		if (!created.ok) return created;
		const { workspace } = created;
		const admin = await createMember(tx, actor, id, {
			email,
			emailProof: opened.proof,
			name,
			roleByHand: adminRole,
			createdBy: "setup",
		});
		if (!admin.ok) throw new Error(`the first member was refused: ${admin.reason}`);
		const memberId = admin.member.id;
		if (google) {
			await tx
				.insert(googleAccounts)
				.values({ workspaceId: id, memberId, subject: google.subject, email, linkedAt: now });
			// The starting rules have Google off, which would shut the only door.
			const saved = await savePolicy(tx, actor, id, 1, { google: "beside" }, null);
			if (!saved.ok) throw new Error(`the policy was not saved: ${saved.reason}`);
		} else await setPassword(tx, id, memberId, input.password);
		const { document: policy } = await currentPolicy(tx, id);
		const method = google ? "google" : "setup";
		const start = { workspaceId: id, memberId, method, policy, visitor, now } as const;
		return { ok: true, workspace, browserId: await startSession(tx, start) };
	});
}
