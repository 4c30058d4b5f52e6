/**
 * Keeps connections in step with the deployment's client, which an operator changes without being in
 * the product. Another client is other settings: they count from the next sign-in on, and what was
 * proved with the former is proved no more.
 */
import { and, eq, ne } from "drizzle-orm";
import { type Db, transact } from "@/db/client";
import { connections } from "@/db/schema";
import { keyOf, recordChange, toConnection } from "./connections";
import { deploymentClient, hashOfShared } from "./deployment-client";

/**
 * Moves every connection that rests on another client id to the one of now, as a new revision. Where
 * the operator took the client away nothing changes: its sign-ins are refused until one is back.
 * @returns how many moved.
 */
export async function followDeploymentClient(db: Db): Promise<number> {
	const client = deploymentClient();
	if (!client) return 0;
	return transact(db, async (tx) => {
		const rows = await tx
			.select()
			.from(connections)
			.where(
				and(
					eq(connections.deploymentClient, true),
					eq(connections.issuer, client.issuer),
					ne(connections.clientId, client.id),
				),
			)
			.for("update");
		for (const row of rows) {
			const hostedDomain = row.metadata?.hosted_domain ?? null;
			const [moved] = await tx
				.update(connections)
				.set({
					clientId: client.id,
					settingsHash: hashOfShared({ clientId: client.id, issuer: client.issuer, hostedDomain }),
					revision: row.revision + 1,
					status: row.status === "tested" ? "draft" : row.status,
					changedAt: new Date(),
				})
				.where(keyOf(row))
				.returning();
			if (!moved) throw new Error("a connection vanished inside its transaction");
			const actor = { kind: "system", label: "The operator's configuration" } as const;
			await recordChange(tx, actor, toConnection(moved), "connection.changed", {
				before: { clientId: row.clientId },
				after: { clientId: client.id },
			});
		}
		return rows.length;
	});
}
