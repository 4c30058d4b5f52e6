import { getTranslations } from "next-intl/server";
import { database } from "@/db/client";
import { listConnections } from "@/lib/sso/connections";

/** What the pages about the directory call the other side. */
export async function providerName(workspaceId: string): Promise<string> {
	const connections = await listConnections(await database(), workspaceId);
	const shown = connections.find(({ status }) => status === "active") ?? connections[0];
	return shown?.name ?? (await getTranslations("directory"))("anyProvider");
}
