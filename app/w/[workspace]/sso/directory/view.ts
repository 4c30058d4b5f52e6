/** What the page shows of the directory: no secret and no row leaves here. */
import { getTranslations } from "next-intl/server";
import type { DirectoryView } from "@/components/directory/directory-panel";
import type { MappingSummary } from "@/components/directory/mapping-section";
import type { TokenView } from "@/components/directory/tokens";
import type { State } from "@/components/ui/state";
import { database } from "@/db/client";
import { type DirectoryOverview, loadDirectory } from "@/lib/directory/directory";
import { countHolds } from "@/lib/directory/holds";
import { mappableGroups } from "@/lib/directory/mapping";
import { countRequests } from "@/lib/directory/request-list";
import { type DirectoryToken, endedWithSso, listTokens } from "@/lib/directory/tokens";
import { listGroups } from "@/lib/groups/list";
import { loadRoles } from "@/lib/members/access";
import { env } from "@/lib/platform/env";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { providerName } from "./provider";

/** Everything the section about the directory shows, for one workspace. */
export async function directoryView(workspace: Workspace, now: Date): Promise<DirectoryView> {
	const db = await database();
	const t = await getTranslations("directory");
	const overview = await loadDirectory(db, workspace.id, now);
	const { directory, closed, users, activeUsers, groups } = overview;
	const [tokens, requests, held, provider] = await Promise.all([
		directory ? listTokens(db, directory) : [],
		countRequests(db, workspace.id, now),
		countHolds(db, workspace.id),
		providerName(workspace.id),
	]);
	const shown = tokens.filter((token) => isShown(token, now));
	const base = `${env().PUBLIC_URL}/api/scim/v2`;
	return {
		enabled: directory?.enabled ?? false,
		exists: directory !== null,
		strict: directory?.strict ?? false,
		groupAnswer: directory?.groupPatchAnswer === "200",
		state: stateOf(overview, held),
		endpoint: base,
		endpointOfWorkspace: `${base}/${workspace.id}`,
		people: users,
		activePeople: activeUsers,
		groups,
		requests,
		held,
		lastRequestAt: directory?.lastRequestAt ?? null,
		tokens: shown.map((token) => tokenView(token, now)),
		endedWithSso: shown.length === 0 && (await endedWithSso(db, workspace.id)),
		provider,
		closed:
			directory?.enabled && closed && closed !== "directory_off" ? t(`closed.${closed}`) : null,
		href: `/w/${workspace.slug}/sso/directory`,
	};
}

/** Revoked ones are gone; so are those whose overlap is over. */
const isShown = ({ revokedAt, replacedById, expiresAt }: DirectoryToken, now: Date) =>
	revokedAt === null && !(replacedById !== null && expiresAt !== null && expiresAt <= now);

const dayMs = 86_400_000;
/** From here on an expiry is said in days. */
const soonDays = 30;

function tokenView(token: DirectoryToken, now: Date): TokenView {
	const { id, prefix, name, createdBy, createdAt, lastUsedAt, expiresAt, replacedById } = token;
	const left = expiresAt ? Math.floor((expiresAt.getTime() - now.getTime()) / dayMs) : null;
	return {
		id,
		prefix,
		name,
		createdBy,
		createdAt,
		lastUsedAt,
		expiresAt,
		expired: left !== null && left < 0,
		daysLeft: left !== null && left >= 0 && left <= soonDays ? left : null,
		inOverlap: replacedById !== null,
		age: Math.floor((now.getTime() - createdAt.getTime()) / dayMs),
	};
}

function stateOf({ directory, closed }: DirectoryOverview, held: number): State {
	if (!directory) return "not_set_up";
	if (!directory.enabled) return "paused";
	if (closed || held > 0) return "needs_attention";
	return directory.lastRequestAt ? "active" : "draft";
}

/** The mapping as it is, for the section of the page; it is edited on a page of its own. */
export async function mappingView(workspace: Workspace): Promise<MappingSummary> {
	const db = await database();
	const { document } = await currentPolicy(db, workspace.id);
	const [groups, roles, ownGroups, provider] = await Promise.all([
		mappableGroups(db, workspace.id, document.mappings),
		loadRoles(db, workspace.id),
		listGroups(db, workspace.id),
		providerName(workspace.id),
	]);
	const roleName = (key?: string) => roles.find((role) => role.key === key)?.name ?? key ?? null;
	const groupName = (id?: string) => ownGroups.find((own) => own.id === id)?.name ?? null;
	return {
		rows: groups.flatMap(({ id, name, people, gone }) => {
			const to = document.mappings[id];
			if (!to) return [];
			return [{ id, name, people, gone, role: roleName(to.role), group: groupName(to.group) }];
		}),
		unmapped: groups.filter(({ id }) => !Object.hasOwn(document.mappings, id)).length,
		off: document.groupsSync === "off",
		provider,
		href: `/w/${workspace.slug}/sso/mapping`,
	};
}
