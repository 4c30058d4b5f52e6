/** Whom a domain concerns: for its row on the page, and for what its removal would do. Writes nothing. */
import { and, count, eq, exists, inArray, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { identities, members } from "@/db/schema";

// Whose address is not known is under no domain.
const domainOfMember = sql<string>`split_part(${members.emailKey}, '@', 2)`;

/** How many members have an address at each of these domains. */
export async function peopleOfDomains(
	db: Db | Tx,
	workspaceId: string,
	names: readonly string[],
): Promise<Map<string, number>> {
	if (names.length === 0) return new Map();
	const rows = await db
		.select({ domain: domainOfMember, people: count() })
		.from(members)
		.where(and(eq(members.workspaceId, workspaceId), inArray(domainOfMember, [...names])))
		.groupBy(domainOfMember);
	return new Map(rows.map(({ domain, people }) => [domain, people]));
}

export type DomainImpact = {
	/** Members with an address there. */
	people: number;
	/** Those of them who have signed in through a provider, and still could. */
	linked: number;
};

/** What the removal of a domain would do. */
export async function impactOfRemovingDomain(
	db: Db | Tx,
	workspaceId: string,
	domain: string,
): Promise<DomainImpact> {
	const there = and(eq(members.workspaceId, workspaceId), eq(domainOfMember, domain));
	const linkedHere = exists(
		db
			.select({ one: sql`1` })
			.from(identities)
			.where(and(eq(identities.workspaceId, workspaceId), eq(identities.memberId, members.id))),
	);
	const [all, linked] = await Promise.all([
		db.select({ people: count() }).from(members).where(there),
		db.select({ people: count() }).from(members).where(and(there, linkedHere)),
	]);
	return { people: all[0]?.people ?? 0, linked: linked[0]?.people ?? 0 };
}
