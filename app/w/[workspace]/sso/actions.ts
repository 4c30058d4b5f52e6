"use server";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { flowVisitor } from "@/app/login/flow";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize } from "@/app/require";
import { database, transact, transactOrUndo } from "@/db/client";
import {
	disableDirectory,
	enableDirectory,
	findDirectory,
	reasonOfClosed,
} from "@/lib/directory/directory";
import { issueToken, revokeToken } from "@/lib/directory/tokens";
import { isId } from "@/lib/platform/ids";
import type { Reason } from "@/lib/policy/reasons";
import {
	activateConnection,
	type ConnectionRefusal,
	findConnection,
	pauseConnection,
	removeConnection,
} from "@/lib/sso/connections";
import { boundBy, vouchedDomain } from "@/lib/sso/deployment-client";
import { addDomain, normalDomain } from "@/lib/sso/domains";
import { type Draft, type DraftProblems, parseDraft } from "@/lib/sso/draft";
import { saveConnection } from "@/lib/sso/save";
import { readyDraft, whyUntestable } from "@/lib/sso/settings";
import { beginSignIn, findSignIn, lastTest } from "@/lib/sso/sign-in";
import type { Workspace } from "@/lib/workspaces/workspaces";

export type Saved = { ok: true; id: string };
export type Problems = { ok: false; reason: "malformed"; problems: DraftProblems };

const pageOf = (slug: string) => `/w/${slug}/sso`;

/** Why a draft is refused, and the value that would have been right, where the provider says it. */
async function refuseDraft(
	refused: ConnectionRefusal,
	{ name: provider }: Draft,
	{ name: workspace }: Workspace,
): Promise<Refusal> {
	const { reason, field, received } = refused;
	const view = await refusal(reason, { ...refused, provider, workspace }, field);
	return reason === "discovery_issuer_differs" && received ? { ...view, instead: received } : view;
}

/** Saves a connection after asking the provider itself. */
export async function saveConnectionAction(
	slug: string,
	id: string | null,
	values: unknown,
): Promise<Saved | Problems | Refusal> {
	const allowed = await authorize(slug, "sso.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const parsed = parseDraft(values);
	if (!parsed.ok) return { ok: false, reason: "malformed", problems: parsed.problems };
	const { workspace, actor, member } = allowed.session;
	const known = id === null || isId(id) ? id : null;
	const domain = parsed.draft.protocol === "oidc" ? (parsed.draft.emailDomain ?? "") : "";
	const refuseDomain = (reason: Reason) =>
		refusal(reason, { workspace: workspace.name, domain }, "emailDomain");
	// Before anything is saved: the form stands as it was typed.
	const normal = domain ? normalDomain(domain) : null;
	if (normal && !normal.ok) return refuseDomain(normal.reason);
	const db = await database();
	const draft = await withChosen(workspace.id, known, member.id, parsed.draft);
	const saved = await saveConnection(db, actor, workspace, known, draft);
	if (!saved.ok) return refuseDraft(saved, parsed.draft, workspace);
	revalidatePath(pageOf(slug));
	if (domain) {
		const added = await transact(db, (tx) => addDomain(tx, actor, workspace, domain));
		if (!added.ok) return refuseDomain(added.reason);
	}
	return { ok: true, id: saved.connection.id };
}

/** A blank domain at Google is that of the account the member chose last, or the stored one. */
async function withChosen(
	workspaceId: string,
	id: string | null,
	memberId: string,
	draft: Draft,
): Promise<Draft> {
	if (draft.protocol !== "oidc" || !draft.client || draft.hostedDomain) return draft;
	const db = await database();
	const test = await lastTest(db, workspaceId, id, memberId);
	const stored = id ? await findConnection(db, workspaceId, id) : null;
	const hostedDomain = (test && boundBy(test)) ?? (stored && vouchedDomain(stored)) ?? undefined;
	return { ...draft, hostedDomain };
}

/** Begins a test of the settings as they stand in the form. */
export async function testConnectionAction(
	slug: string,
	id: string | null,
	values: unknown,
): Promise<{ ok: true; url: string; testId: string } | Problems | Refusal> {
	const allowed = await authorize(slug, "sso.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const parsed = parseDraft(values);
	if (!parsed.ok) return { ok: false, reason: "malformed", problems: parsed.problems };
	const { workspace, member } = allowed.session;
	const db = await database();
	const stored = id && isId(id) ? await findConnection(db, workspace.id, id) : null;
	if (id && !stored) return refusal("stale");
	const ready = await readyDraft(workspace, parsed.draft, stored);
	if (!ready.ok) return refuseDraft(ready, parsed.draft, workspace);
	const notYet = whyUntestable(ready.settings, stored);
	if (notYet)
		return refusal(notYet, { provider: parsed.draft.name, workspace: workspace.name }, "source");
	const started = await beginSignIn(db, {
		workspace,
		connection: stored,
		settings: ready.settings,
		intent: "test",
		memberId: member.id,
		email: null,
		returnTo: null,
		// A Google account for private use is often signed in beside the company's.
		chooseAccount: parsed.draft.provider === "google",
		visitor: await flowVisitor({ write: true }),
		now: new Date(),
	});
	return { ok: true, url: started.url, testId: started.id };
}

/** How a test ended, or false: the form asks while the provider's page is open. */
export async function testEndedAction(
	slug: string,
	id: string,
): Promise<"passed" | "refused" | false> {
	const allowed = await authorize(slug, "sso.manage");
	if (!allowed.ok || !isId(id)) return false;
	const signIn = await findSignIn(await database(), allowed.session.workspace.id, id);
	if (signIn?.intent !== "test" || signIn.endedAt === null) return false;
	return signIn.outcome === "welcome" || signIn.outcome === "link" ? "passed" : "refused";
}

/** Turns a connection on or off. */
export async function setEnabledAction(
	slug: string,
	id: string,
	on: boolean,
	offerPasswords = false,
): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "sso.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	if (!isId(id)) return refusal("stale");
	const { workspace, actor } = allowed.session;
	const done = await transactOrUndo(await database(), (tx) =>
		on
			? activateConnection(tx, actor, workspace, id)
			: pauseConnection(tx, actor, workspace, id, { offerPasswords: offerPasswords === true }),
	);
	if (!done.ok) {
		const provider = (await findConnection(await database(), workspace.id, id))?.name;
		return refusal(done.reason, { workspace: workspace.name, ...(provider ? { provider } : {}) });
	}
	revalidatePath(pageOf(slug));
	return { ok: true };
}

/** Removes a connection, once its slug was typed. */
export async function removeConnectionAction(
	slug: string,
	id: string,
	offerPasswords = false,
): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "sso.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	if (!isId(id)) return refusal("stale");
	const { workspace, actor } = allowed.session;
	const done = await transactOrUndo(await database(), (tx) =>
		removeConnection(tx, actor, workspace, id, { offerPasswords: offerPasswords === true }),
	);
	if (!done.ok) return refusal(done.reason, { workspace: workspace.name });
	revalidatePath(pageOf(slug));
	redirect(pageOf(slug));
}

/** Turns directory sync on or off. */
export async function setDirectoryAction(
	slug: string,
	on: boolean,
): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "directory.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace, actor } = allowed.session;
	const done = await transactOrUndo(await database(), async (tx) => {
		if (on) return enableDirectory(tx, actor, workspace.id, new Date());
		const directory = await findDirectory(tx, workspace.id);
		if (directory) await disableDirectory(tx, actor, directory);
		return { ok: true } as const;
	});
	if (!done.ok)
		return refusal(reasonOfClosed[done.reason], {
			workspace: workspace.name,
		});
	revalidatePath(pageOf(slug), "layout");
	return { ok: true };
}

/** Makes a token. This answer is the only place it ever stands. */
export async function createTokenAction(
	slug: string,
	input: { name: string; days: number | null },
): Promise<{ ok: true; token: string } | Refusal | { ok: false; reason: "too_many" | "name" }> {
	const allowed = await authorize(slug, "directory.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace, actor } = allowed.session;
	const now = new Date();
	const days =
		typeof input.days === "number" && input.days > 0 && input.days <= 3650 ? input.days : null;
	const issued = await transact(await database(), async (tx) => {
		const directory = await findDirectory(tx, workspace.id);
		if (!directory) return { ok: false, reason: "not_found" } as const;
		const expiresAt = days ? new Date(now.getTime() + days * 86_400_000) : null;
		return issueToken(tx, actor, directory, { name: String(input.name), expiresAt }, now);
	});
	if (!issued.ok) {
		if (issued.reason === "too_many") return { ok: false, reason: "too_many" };
		return issued.reason === "name_missing"
			? { ok: false, reason: "name" }
			: refusal("needs_directory");
	}
	revalidatePath(pageOf(slug), "layout");
	return { ok: true, token: issued.token };
}

/** Ends a token at once. */
export async function revokeTokenAction(slug: string, id: string): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "directory.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace, actor } = allowed.session;
	const done = await transact(await database(), async (tx) => {
		const directory = await findDirectory(tx, workspace.id);
		if (!directory || !isId(id)) return { ok: false } as const;
		return revokeToken(tx, actor, directory, id, new Date());
	});
	if (!done.ok) return refusal("stale");
	revalidatePath(pageOf(slug), "layout");
	return { ok: true };
}
