"use server";
import { revalidatePath } from "next/cache";
import { impactView } from "@/app/impact-view";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize, isFresh, type Session } from "@/app/require";
import type { ImpactView } from "@/components/impact/impact-dialog";
import type { PolicyPreview } from "@/components/policy/change-dialog";
import type { Moved } from "@/components/policy/moved-dialog";
import { database, transact, transactOrUndo } from "@/db/client";
import { keepSsoCodes, makeSsoCodes } from "@/lib/accounts/sso-codes";
import { whatWouldChange } from "@/lib/impact/what-would-change";
import { loadChangeFacts } from "@/lib/members/change-facts";
import { labelOf, memberByEmail } from "@/lib/members/members";
import { changePolicy, openRefusals } from "@/lib/members/policy-change";
import { storable } from "@/lib/platform/text";
import { type Policy, type PolicyField, policySchema } from "@/lib/policy/document";
import { type ProfileName, profiles } from "@/lib/policy/profiles";
import { listConnections } from "@/lib/sso/connections";
import { enforce, turnSsoOff } from "@/lib/sso/enforcement";
import { currentPolicy, listRevisions, policyRevision } from "@/lib/workspaces/policy";
import { setEnabledAction } from "./actions";
import { policyNames } from "./policy-view";

const pageOf = (slug: string) => `/w/${slug}/sso`;

/** The policy with an admin's edits, or null where they are not of its form. */
function edited(document: Policy, edits: unknown): Policy | null {
	if (typeof edits !== "object" || edits === null) return null;
	const parsed = policySchema.safeParse({ ...document, ...edits });
	return parsed.success ? parsed.data : null;
}

const profileOf = (name: unknown): ProfileName | null =>
	typeof name === "string" && Object.hasOwn(profiles, name) ? (name as ProfileName) : null;

const reasonOf = (text: unknown) =>
	typeof text === "string" ? storable(text, 200).trim() || null : null;

/** What fills the texts of a refusal here. */
async function wordsOf({ workspace }: Session) {
	const connections = await listConnections(await database(), workspace.id);
	const shown = connections.find(({ status }) => status === "active") ?? connections[0];
	return { workspace: workspace.name, ...(shown ? { provider: shown.name } : {}) };
}

/** What edits of the policy would do to people, and which of them cannot be made at present. */
export async function previewPolicyAction(
	slug: string,
	edits: unknown,
	startFrom: unknown,
): Promise<PolicyPreview | Refusal> {
	const allowed = await authorize(slug, "policy.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace } = allowed.session;
	const db = await database();
	const { document } = await currentPolicy(db, workspace.id);
	const after = edited(document, edits);
	if (!after) return refusal("malformed");
	const words = await wordsOf(allowed.session);
	const facts = await loadChangeFacts(db, workspace.id);
	const refused: PolicyPreview["refused"] = [];
	for (const { field, reason } of openRefusals(document, after, facts, profileOf(startFrom))) {
		const { why, fix } = await refusal(reason, words);
		refused.push({ field, why, fix });
	}
	const impact = await whatWouldChange(db, workspace.id, after);
	const view = await impactView(impact, words.workspace, words.provider);
	return view.ok ? { ...view, refused } : view;
}

/** Saves edits of the policy as its next revision, and what follows for members. */
export async function applyPolicyAction(
	slug: string,
	base: number,
	edits: unknown,
	reason: unknown,
	startFrom: unknown,
): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "policy.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace, actor } = allowed.session;
	const db = await database();
	const { document } = await currentPolicy(db, workspace.id);
	const after = edited(document, edits);
	if (!after || typeof edits !== "object" || edits === null) return refusal("malformed");
	// Only what was edited: the rest is whatever is in force when it is saved.
	const changes = Object.fromEntries(
		Object.keys(edits).map((field) => [field, after[field as PolicyField]]),
	) as Partial<Policy>;
	const saved = await transactOrUndo(db, (tx) =>
		changePolicy(
			tx,
			{ actor, fresh: true },
			workspace.id,
			Number(base),
			changes,
			reasonOf(reason),
			profileOf(startFrom),
		),
	);
	if (!saved.ok) return refusal(saved.reason, await wordsOf(allowed.session), saved.field);
	revalidatePath(pageOf(slug), "layout");
	return { ok: true };
}

/** Of the saves that came in between, those that are told one by one. */
const mostSaves = 20;

/** What came in between, for an admin whose edits rest on an older revision. */
export async function movedAction(slug: string, since: number): Promise<Moved | null> {
	const allowed = await authorize(slug, "policy.manage");
	if (!allowed.ok) return null;
	const db = await database();
	const { workspace } = allowed.session;
	const before = await policyRevision(db, workspace.id, Number(since));
	if (!before) return null;
	const saves = (await listRevisions(db, workspace.id, { limit: mostSaves, before: null })).filter(
		({ revision }) => revision > before.revision,
	);
	const after = saves[0] ?? before;
	return {
		revision: after.revision,
		saves: saves.map(({ revision, savedBy, savedAt, reason }) => ({
			revision,
			savedBy,
			savedAt,
			reason,
		})),
		before: before.document,
		after: after.document,
		names: await policyNames(workspace.id, [before.document, after.document]),
	};
}

/** A member by email, as an exception to who is managed where. */
export async function findMemberAction(
	slug: string,
	email: string,
): Promise<{ id: string; label: string } | null> {
	const allowed = await authorize(slug, "policy.manage");
	if (!allowed.ok) return null;
	const member = await memberByEmail(
		await database(),
		allowed.session.workspace.id,
		storable(String(email), 254),
	);
	return member && { id: member.id, label: labelOf(member) };
}

/** Makes recovery codes for the admin who asks. This answer is the only place they ever stand. */
export async function makeCodesAction(
	slug: string,
): Promise<{ ok: true; codes: string[] } | Refusal> {
	const allowed = await authorize(slug, "policy.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const { member } = allowed.session;
	const made = await transact(await database(), (tx) => makeSsoCodes(tx, member));
	return made.ok ? made : refusal(made.reason, { workspace: allowed.session.workspace.name });
}

/** The drill: a code typed in again makes the new set count. */
export async function keepCodesAction(
	slug: string,
	typed: string,
): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "policy.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const { member, actor } = allowed.session;
	const kept = await transact(await database(), (tx) =>
		keepSsoCodes(tx, actor, member, String(typed), new Date()),
	);
	if (!kept.ok) return refusal(kept.reason);
	revalidatePath(pageOf(slug));
	return { ok: true };
}

const dayOf = (from: unknown): string | null =>
	typeof from === "string" && /^\d{4}-\d{2}-\d{2}$/.test(from) ? from : null;

/** Who would lose their way in if SSO were enforced. */
export async function previewEnforceAction(
	slug: string,
	from: unknown,
): Promise<ImpactView | Refusal> {
	const allowed = await authorize(slug, "policy.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace } = allowed.session;
	const db = await database();
	const { document } = await currentPolicy(db, workspace.id);
	const day = dayOf(from);
	const after = edited(document, {
		enforceSso: day ? { mode: "onFrom", from: day } : { mode: "on" },
	});
	if (!after) return refusal("malformed");
	const words = await wordsOf(allowed.session);
	return impactView(
		await whatWouldChange(db, workspace.id, after),
		words.workspace,
		words.provider,
	);
}

/** Enforces SSO, now or from a day on. */
export async function enforceAction(
	slug: string,
	base: number,
	input: { from: unknown; mail: unknown; reason: unknown },
): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "policy.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace, actor } = allowed.session;
	const done = await transactOrUndo(await database(), (tx) =>
		enforce(tx, { actor, fresh: true }, workspace, Number(base), {
			from: dayOf(input.from),
			mail: input.mail === true,
			reason: reasonOf(input.reason),
		}),
	);
	if (!done.ok) return refusal(done.reason, await wordsOf(allowed.session), done.field);
	revalidatePath(pageOf(slug), "layout");
	return { ok: true };
}

/** Turns SSO off as a whole: passwords open again. @param word the workspace's slug, as confirmed. */
export async function turnOffAction(
	slug: string,
	word: string,
	offerPasswords: boolean,
): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "sso.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	if (word !== slug) return refusal("malformed");
	const { session } = allowed;
	const { workspace, actor } = session;
	const done = await transactOrUndo(await database(), (tx) =>
		turnSsoOff(tx, { actor, fresh: isFresh(session) }, workspace, {
			offerPasswords: offerPasswords === true,
		}),
	);
	if (!done.ok) return refusal(done.reason, await wordsOf(session));
	revalidatePath(pageOf(slug), "layout");
	return { ok: true };
}

/** Pauses one connection. */
export async function pauseAction(
	slug: string,
	id: string,
	offerPasswords: boolean,
): Promise<{ ok: true } | Refusal> {
	return setEnabledAction(slug, id, false, offerPasswords);
}
