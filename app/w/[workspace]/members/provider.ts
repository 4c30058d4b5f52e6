import { getTranslations } from "next-intl/server";
import type { Session } from "@/app/require";
import { database } from "@/db/client";
import { listConnections } from "@/lib/sso/connections";

/** What the workspace's identity provider is called; "the directory" where none is connected. */
export async function providerName({ workspace }: Pick<Session, "workspace">): Promise<string> {
	const connections = await listConnections(await database(), workspace.id);
	const shown = connections.find(({ status }) => status === "active") ?? connections[0];
	return shown?.name ?? (await getTranslations("members"))("directoryFallback");
}
