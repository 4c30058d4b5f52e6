/**
 * The trace of one sign-in attempt, as an admin reads it: what was compared, how long it took and
 * what the provider said. Owns what may be shown: a token, an assertion or a long secret never,
 * names only where they are opened. What a step is called is the page's matter.
 */
import { and, desc, eq, lte } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { policies, signIns } from "@/db/schema";
import { redact } from "@/lib/platform/log";
import { isReason, type Reason } from "@/lib/policy/reasons";
import type { Identity } from "./claims";
import type { SignIn } from "./sign-in";

export type TraceLine = {
	step: string;
	ok: boolean;
	/** Milliseconds since the attempt began. */
	elapsed: number;
	expected: string | null;
	received: string | null;
};

type ShownClaim = {
	name: string;
	value: string;
	/** Tells who somebody is beyond what the decision rests on: shown where it is opened. */
	personal: boolean;
};

export type Trace = {
	signIn: SignIn;
	lines: TraceLine[];
	/** What would have come after the refusal. */
	notReached: string[];
	claims: ShownClaim[];
	reason: Reason | null;
	/** The policy in force when it ended. */
	policyRevision: number | null;
};

/** How an attempt stands: over with an outcome, left by the person, or still at the provider. */
export type TraceState = NonNullable<SignIn["outcome"]> | "abandoned" | "open";

/** @returns the attempt with this id or this code, or null. */
export async function findTrace(
	db: Db | Tx,
	workspaceId: string,
	which: { id: string } | { code: string },
): Promise<Trace | null> {
	const [signIn] = await db
		.select()
		.from(signIns)
		.where(
			and(
				eq(signIns.workspaceId, workspaceId),
				"id" in which ? eq(signIns.id, which.id) : eq(signIns.code, codeOf(which.code)),
			),
		);
	if (!signIn) return null;
	const { outcome, reason } = signIn;
	return {
		signIn,
		lines: linesOf(signIn),
		notReached: outcome === "refuse" ? notReached(signIn) : [],
		claims: claimsShown(keptClaims(signIn)?.shown ?? {}),
		reason: outcome === "refuse" && reason && isReason(reason) ? reason : null,
		policyRevision: await revisionAt(db, signIn),
	};
}

/** A code as it is kept, from how somebody typed it: `gh-7k2m`, `7K2M`, an O for a zero. */
export function codeOf(typed: string): string {
	const letters = typed
		.toUpperCase()
		.replace(/[^0-9A-Z]/g, "")
		.replace(/^GH/, "");
	return `GH-${letters.replaceAll("O", "0").replace(/[IL]/g, "1")}`;
}

/** Whether a search may be for a code. */
export const looksLikeCode = (text: string) => /^\s*gh[\s-]*[0-9a-z]{4,9}\s*$/i.test(text);

export function stateOf({ outcome, endedAt, expiresAt }: SignIn, now: Date): TraceState {
	return outcome ?? (endedAt || expiresAt < now ? "abandoned" : "open");
}

/** What the provider's answer told, where one was accepted: the identity, and the claims to show. */
export function keptClaims({
	claims,
}: SignIn): { identity: Identity; shown: Record<string, string> } | null {
	return claims && "identity" in claims
		? (claims as unknown as { identity: Identity; shown: Record<string, string> })
		: null;
}

function linesOf({ trace, startedAt }: SignIn): TraceLine[] {
	return trace.map(({ step, ok, at, expected, received }) => ({
		step,
		ok,
		elapsed: Math.max(0, Date.parse(at) - startedAt.getTime()),
		expected: expected === undefined ? null : shownText(expected),
		received: received === undefined ? null : shownText(received),
	}));
}

/**
 * A text from outside without what could be used again: addresses lose their query, tokens and
 * anything as long as a signature or an assertion goes.
 */
export function shownText(text: string): string {
	return String(redact(text))
		.replace(/<(?:\w+:)?(?:Assertion|Response|EncryptedAssertion)\b.*/gs, "[hidden]")
		.replace(/[\w+/=-]{64,}/g, "[hidden]");
}

/** The stations every sign-in passes on its way in. */
const stations = ["answered", "verified", "person", "role", "session"] as const;

function notReached({ trace, intent }: SignIn): string[] {
	const names = new Set(trace.map(({ step }) => step));
	return stations.filter((name) => !names.has(name) && (name !== "session" || intent !== "test"));
}

/** What the decision rests on. Everything else says more about a person than an admin needs. */
const impersonal = "sub nameid email email_verified nameid-format hd tid groups".split(" ");

const folded = (name: string) => name.toLowerCase().replace(" ", "-");

const place = (name: string) => {
	const at = impersonal.indexOf(folded(name));
	return at < 0 ? impersonal.length : at;
};

/** Those that decide come first, since the database keeps no order. */
function claimsShown(shown: Record<string, string>): ShownClaim[] {
	return Object.entries(shown)
		.sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b))
		.map(([name, value]) => ({
			name,
			value: /^(?:sub|nameid)$/i.test(name) ? shortened(value) : shownText(value),
			personal: !impersonal.includes(folded(name)),
		}));
}

/** Enough of an id to compare it, and not enough to use it. */
function shortened(id: string): string {
	return id.length > 16 && !id.includes("@") ? `${id.slice(0, 6)}…${id.slice(-4)}` : id;
}

async function revisionAt(db: Db | Tx, { workspaceId, endedAt }: SignIn): Promise<number | null> {
	if (!endedAt) return null;
	const [row] = await db
		.select({ revision: policies.revision })
		.from(policies)
		.where(and(eq(policies.workspaceId, workspaceId), lte(policies.savedAt, endedAt)))
		.orderBy(desc(policies.revision))
		.limit(1);
	return row?.revision ?? null;
}
