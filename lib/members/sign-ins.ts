/** The last sign-ins of one member, by every way: those that worked, and those that were refused. */
import { and, desc, eq, inArray } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { activity, signIns } from "@/db/schema";
import { isReason, type Reason } from "@/lib/policy/reasons";
import type { Member } from "./members";

const kinds = [
	"sign_in.password",
	"sign_in.google",
	"sign_in.sso",
	"sign_in.recovered",
	"invitation.accepted",
] as const;

export type ListedSignIn = {
	id: string;
	at: Date;
	way: "password" | "google" | "sso" | "recovered" | "invitation";
	/** Null where it worked. */
	refused: Reason | null;
	/** The short code of an attempt through a provider, by which its trace is found. */
	code: string | null;
	address: string | null;
};

/** The newest `limit` sign-ins. A refused one through a provider is known by its email alone. */
export async function recentSignIns(
	db: Db | Tx,
	member: Member,
	limit: number,
): Promise<ListedSignIn[]> {
	const events = await db
		.select()
		.from(activity)
		.where(
			and(
				eq(activity.workspaceId, member.workspaceId),
				eq(activity.actorId, member.id),
				inArray(activity.kind, [...kinds]),
			),
		)
		.orderBy(desc(activity.id))
		.limit(limit);
	const refused = member.emailKey
		? await db
				.select()
				.from(signIns)
				.where(
					and(
						eq(signIns.workspaceId, member.workspaceId),
						eq(signIns.email, member.emailKey),
						eq(signIns.outcome, "refuse"),
						inArray(signIns.intent, ["login", "fresh"]),
					),
				)
				.orderBy(desc(signIns.id))
				.limit(limit)
		: [];
	return [
		...events.map(({ id, at, kind, details, address }) => ({
			id,
			at,
			way: wayOf(kind),
			refused: reasonOf(details.reason),
			code: typeof details.code === "string" ? details.code : null,
			address,
		})),
		...refused.map(({ id, startedAt, reason, code, address }) => ({
			id,
			at: startedAt,
			way: "sso" as const,
			refused: reasonOf(reason),
			code,
			address,
		})),
	]
		.sort((a, b) => b.at.getTime() - a.at.getTime())
		.slice(0, limit);
}

const wayOf = (kind: string): ListedSignIn["way"] => {
	if (kind === "invitation.accepted") return "invitation";
	const way = kind.slice("sign_in.".length);
	return way === "google" || way === "sso" || way === "recovered" ? way : "password";
};

const reasonOf = (text: unknown): Reason | null =>
	typeof text === "string" && isReason(text) ? text : null;
