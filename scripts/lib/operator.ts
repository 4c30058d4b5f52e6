/**
 * What the operator may do to an installation, from the command line. Each runs the product's own
 * functions in one transaction and answers in words.
 */
import { type Db, type Tx, transact } from "@/db/client";
import { setPassword } from "@/lib/accounts/passwords";
import { recoverAdmin as recover } from "@/lib/accounts/recovery";
import { verifyActivity } from "@/lib/activity/verify";
import { findDirectory, setRateLimit } from "@/lib/directory/directory";
import { createMember } from "@/lib/members/members";
import { vouchForDomain } from "@/lib/sso/domains";
import { viewCertificate } from "@/lib/sso/saml/certificates";
import {
	publishNewKey,
	retireFormerKey,
	type Waiting,
	waitingForCertificate,
} from "@/lib/sso/saml/key-replacement";
import { serviceKeys } from "@/lib/sso/saml/service-keys";
import {
	changePlan,
	createWorkspace,
	findWorkspace,
	listWorkspaces,
	type Plan,
	type Workspace,
} from "@/lib/workspaces/workspaces";
import { newPassword } from "./passwords";

export type Answer = { ok: boolean; text: string };

const operator = { kind: "operator", label: "Operator" } as const;
const plans: readonly string[] = ["free", "enterprise"] satisfies Plan[];
const isPlan = (text: string): text is Plan => plans.includes(text);

const remedies = {
	slug_malformed:
		"A slug has 1 to 48 of a-z, 0-9 and hyphens, begins and ends without a hyphen, and is no page of the product.",
	slug_taken: "That slug belongs to another workspace. `workspace list` shows them.",
	name_missing: "The name has 1 to 64 characters.",
	email_malformed: "That is no email address.",
	email_taken: "That address belongs to another member.",
	domain_malformed: "That is no domain. Write it like example.com.",
	domain_public: "Nobody can prove that domain as their own: it is a public suffix or free mail.",
	no_member: "Nobody in that workspace has that address.",
} as const;

/** Undoes the transaction and carries what to say. */
class Refused extends Error {}

function demand<T extends { ok: boolean }>(result: T): Extract<T, { ok: true }> {
	if (result.ok) return result as Extract<T, { ok: true }>;
	const { reason } = result as unknown as { reason: keyof typeof remedies };
	throw new Refused(remedies[reason] ?? reason);
}

async function answer(db: Db, work: (tx: Tx) => Promise<string>): Promise<Answer> {
	try {
		return { ok: true, text: await transact(db, work) };
	} catch (error) {
		if (error instanceof Refused) return { ok: false, text: error.message };
		throw error;
	}
}

async function workspaceOf(tx: Tx, slug: string): Promise<Workspace> {
	const workspace = await findWorkspace(tx, slug);
	if (workspace) return workspace;
	throw new Refused(noWorkspace(slug));
}

const noWorkspace = (slug: string) =>
	`There is no workspace ${slug}. \`workspace list\` shows them.`;

/** Makes a workspace with an admin, whose random password is in the answer and nowhere else. */
export function openWorkspace(
	db: Db,
	input: { slug: string; name: string; plan: string; email: string; adminName: string },
): Promise<Answer> {
	return answer(db, async (tx) => {
		const { slug, name, plan, email } = input;
		if (!isPlan(plan)) throw new Refused(`A plan is one of: ${plans.join(", ")}.`);
		const { workspace } = demand(await createWorkspace(tx, operator, { slug, name, plan }));
		const { member } = demand(
			await createMember(tx, operator, workspace.id, {
				email,
				emailProof: "operator",
				name: input.adminName,
				roleByHand: "admin",
				createdBy: "operator",
			}),
		);
		const password = newPassword();
		await setPassword(tx, workspace.id, member.id, password);
		return [
			`Created ${workspace.name} (${slug}, plan ${plan}, id ${workspace.id}).`,
			`Its admin signs in at /login with ${email} and the password ${password}`,
			"The password is not shown again.",
		].join("\n");
	});
}

/** Changes a workspace's plan. */
export function changePlanOf(db: Db, slug: string, plan: string): Promise<Answer> {
	return answer(db, async (tx) => {
		if (!isPlan(plan)) throw new Refused(`A plan is one of: ${plans.join(", ")}.`);
		const workspace = await workspaceOf(tx, slug);
		if (workspace.plan === plan) return `${workspace.name} has plan ${plan} already.`;
		await changePlan(tx, operator, workspace, plan);
		return `${workspace.name} has plan ${plan} now; it had ${workspace.plan}.`;
	});
}

/** What a column of the database holds. */
const largestRate = 2 ** 31 - 1;

/** Sets how many requests a minute a workspace's directory may send. "usual" takes that back. */
export function limitDirectory(db: Db, slug: string, rate: string): Promise<Answer> {
	return answer(db, async (tx) => {
		const wanted = rate === "usual" ? null : Number(/^[1-9]\d*$/.exec(rate)?.[0]);
		if (wanted !== null && !(wanted <= largestRate))
			throw new Refused(
				`Requests a minute are a whole number from 1 to ${largestRate}, or "usual".`,
			);
		const workspace = await workspaceOf(tx, slug);
		const directory = await findDirectory(tx, workspace.id);
		if (!directory) throw new Refused(`Directory sync of ${workspace.name} was never turned on.`);
		await setRateLimit(tx, operator, directory, wanted);
		const many = wanted === null ? "as many requests as usual" : `${wanted} requests a minute`;
		return `The directory of ${workspace.name} may send ${many} through one process.`;
	});
}

/** Every workspace in columns. */
export async function workspaceTable(db: Db): Promise<string> {
	const all = await listWorkspaces(db);
	if (all.length === 0) return "There is no workspace yet.";
	const rows = all.map(({ slug, plan, name, id }) => [slug, plan, name, id]);
	return inColumns([["SLUG", "PLAN", "NAME", "ID"], ...rows]);
}

/** Rows, the first of them a heading, each column as wide as its widest cell. */
function inColumns(table: readonly string[][]): string {
	const width = (column: number) => Math.max(...table.map((row) => row[column]?.length ?? 0));
	return table
		.map((row) =>
			row
				.map((cell, column) => cell.padEnd(width(column)))
				.join("  ")
				.trimEnd(),
		)
		.join("\n");
}

/** Checks the activity log of a workspace against its seals. Not in one transaction: it only reads. */
export async function verifyLog(db: Db, slug: string): Promise<Answer> {
	const workspace = await findWorkspace(db, slug);
	if (!workspace) return { ok: false, text: noWorkspace(slug) };
	const { head, intact, expired, changed, unsealed } = await verifyActivity(db, workspace.id);
	if (!head) return { ok: true, text: "Nothing of this log is sealed yet." };
	const counts = `${intact} batches are as they were sealed, ${expired} have expired, ${unsealed} events wait for the next seal.`;
	const newest = `The newest seal is number ${head.number}, ${head.seal}`;
	const wrong = changed.map(
		({ number, until }) => `Batch ${number}, up to ${until.toISOString()}, was changed.`,
	);
	return { ok: changed.length === 0, text: [...wrong, counts, newest].join("\n") };
}

/** Vouches for a domain in place of its DNS record. */
export function vouch(db: Db, slug: string, domain: string): Promise<Answer> {
	return answer(db, async (tx) => {
		const workspace = await workspaceOf(tx, slug);
		const vouched = demand(await vouchForDomain(tx, operator, workspace.id, domain));
		return `${vouched.domain} counts as ${workspace.name}'s own from now on.`;
	});
}

/** Which certificate of this installation providers have, and which takes its place. */
export async function showSamlKey(db: Db): Promise<Answer> {
	return answer(db, async (tx) => {
		const { current, next } = await serviceKeys(tx);
		if (!next) return certificateLines("The certificate of this installation", current);
		const waiting = await waitingForCertificate(tx);
		return [
			certificateLines(`The new certificate, published ${shortly(next.publishedAt)}`, next),
			certificateLines("The former certificate, which works until it is retired", current),
			waiting.length === 0
				? "Every connection that needs it is known to have the new one: `saml-key retire` is safe."
				: `Not known to have the new one:\n${waitingTable(waiting)}`,
		].join("\n\n");
	});
}

/** Makes a new key for SAML and publishes its certificate beside the former. */
export function replaceSamlKey(db: Db): Promise<Answer> {
	return answer(db, async (tx) => {
		const published = await publishNewKey(tx, operator, new Date());
		if (!published.ok)
			throw new Refused(
				"A new key was published before. `saml-key show` has who waits for it, `saml-key retire` ends it.",
			);
		const { pair, waiting } = published;
		return [
			certificateLines("The new certificate is published in our metadata", pair),
			pair.certificate.trim(),
			waiting.length === 0
				? "No active connection needs it."
				: `The admins of these were written to:\n${waitingTable(waiting)}`,
			"The former key signs and opens as before. When providers have the new certificate: `saml-key retire`.",
		].join("\n\n");
	});
}

/** Lets go of the former key. */
export function retireSamlKey(db: Db, leave: string | undefined): Promise<Answer> {
	return answer(db, async (tx) => {
		const leaving = Number(leave ?? 0);
		const retired = await retireFormerKey(tx, operator, leaving);
		if (retired.ok)
			return certificateLines("The former key is gone. The certificate is now", retired.pair);
		if (retired.reason === "no_new_key")
			throw new Refused("There is no new key to take its place: begin with `saml-key replace`.");
		const { waiting } = retired;
		throw new Refused(
			waiting.length === 0
				? "Every connection is known to have the new certificate: leave --leave out."
				: `Sign-ins of these may fail without the former key, and nobody said that their provider has the new certificate:\n${waitingTable(waiting)}\nTo go on all the same: \`saml-key retire --leave ${waiting.length}\``,
		);
	});
}

const shortly = (at: Date | string) => new Date(at).toISOString().slice(0, 10);

function certificateLines(title: string, { certificate }: { certificate: string }): string {
	const { fingerprint, expiresAt } = viewCertificate(certificate);
	return `${title}:\n  SHA-256  ${fingerprint}\n  until    ${shortly(expiresAt)}`;
}

const waitingTable = (waiting: readonly Waiting[]) =>
	inColumns([
		["WORKSPACE", "CONNECTION"],
		...waiting.map(({ workspace, connection }) => [workspace, connection.name]),
	]);

/** Lets an admin back in with a new password, which is in the answer and nowhere else. */
export function recoverAdmin(db: Db, slug: string, email: string): Promise<Answer> {
	return answer(db, async (tx) => {
		const workspace = await workspaceOf(tx, slug);
		const password = newPassword();
		const { member, enforcementEnded } = demand(
			await recover(tx, operator, workspace.id, email, password),
		);
		return [
			`${member.name} is an active admin of ${workspace.name}; all their sessions have ended.`,
			`They sign in at /login?workspace=${slug} with ${member.email} and the password ${password}`,
			"The password is not shown again.",
			...(enforcementEnded
				? ["SSO is not enforced any more. Enforce it again when it works."]
				: []),
		].join("\n");
	});
}
