import { getTranslations } from "next-intl/server";
import { database } from "@/db/client";
import { listConnections } from "@/lib/sso/connections";

/** What the pages about the directory call the other side. */
export async function providerName(workspaceId: string): Promise<string> {
	const shown = await connectionOf(workspaceId);
	return shown?.name ?? (await getTranslations("directory"))("anyProvider");
}

/** Whose the other side is, as lib/sso/providers names them; empty where that is not known. */
export async function providerKey(workspaceId: string): Promise<string> {
	return (await connectionOf(workspaceId))?.provider ?? "";
}

/** Signing in and the directory are the same provider's, as far as we are told. */
async function connectionOf(workspaceId: string) {
	const connections = await listConnections(await database(), workspaceId);
	return connections.find(({ status }) => status === "active") ?? connections[0];
}
