/** Answers with resources of either type: one, or the page of a list. */
import { type ListedUser, readEntries } from "@/lib/directory/entries";
import { type DirectoryGroup, membersOf, readGroups } from "@/lib/directory/groups";
import { readUnmanaged } from "@/lib/directory/unmanaged";
import type { Reply } from "@/lib/platform/exchange";
import { isId } from "@/lib/platform/ids";
import type { Call } from "./call";
import { listResponse } from "./discovery";
import { scimResponse } from "./errors";
import { groupSource, type Source, usersShown } from "./fields";
import { find } from "./find";
import { groupType } from "./group-schema";
import { locationOf, present } from "./present";
import { includes, type Projection, readFilter, readPage, readProjection, readSort } from "./query";
import { isRecord, type Resource } from "./schema";
import { enterpriseSchema, userType } from "./user-schema";
import { versionTag } from "./versions";

/** The most resources one answer holds. */
export { maxPage } from "@/lib/directory/entries";

/** A list of one type, or of both (RFC 7644 §3.4.2). */
export async function answerList(call: Call, sources: Source[], max: number): Promise<Reply> {
	const { query, deps, caller, base } = call;
	const page = readPage(query, max);
	const found = await find(deps.db, {
		sources,
		directory: caller.directory,
		filter: readFilter(query, caller.directory),
		sort: readSort(query),
		page,
		base,
		now: deps.now(),
	});
	const resources = await load(call, found.rows);
	const body = listResponse(
		resources,
		found.total,
		page.by === "index" ? page.startIndex : undefined,
	);
	const { nextCursor, previousCursor } = found;
	return scimResponse(200, {
		...body,
		...(nextCursor ? { nextCursor } : {}),
		...(previousCursor ? { previousCursor } : {}),
	});
}

/** The resources of a page, in its order. What was deleted in between is left out. */
async function load(call: Call, rows: { type: string; id: string }[]): Promise<Resource[]> {
	const { deps, caller, query } = call;
	const idsOf = (name: string) => rows.filter(({ type }) => type === name).map(({ id }) => id);
	const users = await readEntries(deps.db, caller.directory, idsOf("User"));
	if (caller.showsEveryone) {
		const managed = new Set(users.map(({ id }) => id));
		const others = idsOf("User").filter((id) => !managed.has(id));
		users.push(...(await readUnmanaged(deps.db, caller.directory, others)));
	}
	const groups = await readGroups(deps.db, caller.directory, idsOf("Group"));
	const ofUsers = readProjection(userType, query);
	const ofGroups = readProjection(groupType, query);
	const shownGroups = await presentGroups(call, groups, ofGroups);
	const shown = new Map([
		...users.map((user) => [user.id, presentUser(call, user, ofUsers)] as const),
		...groups.map((group, index) => [group.id, shownGroups[index]] as const),
	]);
	return rows.map(({ id }) => shown.get(id)).filter((resource) => resource !== undefined);
}

/** What is known of a person where they are answered; the groups where those were read. */
export type Shown = Omit<ListedUser, "groups"> & Partial<Pick<ListedUser, "groups">>;

/** A person as answered, with the groups they are in where the workspace takes groups at all. */
export function presentUser({ base, caller }: Call, user: Shown, projection: Projection): Resource {
	const groups = ((caller.groupsSync && user.groups) || []).map(({ id, displayName }) => ({
		value: id,
		$ref: `${base}/Groups/${id}`,
		display: displayName,
		type: "direct",
	}));
	const attributes = withManager(base, user.resource);
	const resource = groups.length > 0 ? { ...attributes, groups } : attributes;
	return present(userType, base, { ...user, resource, tag: versionTag(user) }, projection);
}

/**
 * A person with the address of their manager (RFC 7643 §4.3), which is the server's to say, whatever
 * was sent. Not so for an id that cannot be one of ours.
 */
function withManager(base: string, resource: Resource): Resource {
	return changeManager(resource, (manager) => ({
		...manager,
		$ref: locationOf(userType, base, manager.value),
	}));
}

/** The same as it is kept: without that address, so that sending back what was read changes nothing. */
export function withoutManagersAddress(resource: Resource): Resource {
	return changeManager(resource, ({ $ref: _ours, ...manager }) => manager);
}

/** Changes what is said of the manager, where their id may be one of ours. */
function changeManager(
	resource: Resource,
	change: (manager: Resource & { value: string }) => Resource,
): Resource {
	const extension = resource[enterpriseSchema.id];
	const manager = isRecord(extension) ? extension.manager : undefined;
	if (!isRecord(extension) || !isRecord(manager)) return resource;
	const { value } = manager;
	if (typeof value !== "string" || !isId(value)) return resource;
	const changed = { ...extension, manager: change({ ...manager, value }) };
	return { ...resource, [enterpriseSchema.id]: changed };
}

/** Groups as answered. Who is in them is loaded only where it is asked for. */
export async function presentGroups(
	{ deps, caller, base }: Pick<Call, "deps" | "caller" | "base">,
	groups: DirectoryGroup[],
	projection: Projection,
): Promise<Resource[]> {
	const members = new Map<string, Resource[]>();
	if (includes(projection, "members")) {
		const full = groups.filter(({ memberCount }) => memberCount > 0).map(({ id }) => id);
		for (const { groupId, id, label } of await membersOf(deps.db, caller.directory, full)) {
			const member = { value: id, $ref: `${base}/Users/${id}`, type: "User", display: label };
			const others = members.get(groupId);
			if (others) others.push(member);
			else members.set(groupId, [member]);
		}
	}
	return groups.map((group) => {
		const { displayName, externalId } = group;
		const resource: Resource = {
			...(externalId === null ? {} : { externalId }),
			displayName,
			...(members.has(group.id) ? { members: members.get(group.id) } : {}),
		};
		return present(groupType, base, { ...group, resource }, projection);
	});
}

/** What a query without a type is about: all there is. */
export const sourcesOf = (call: Call): Source[] =>
	call.caller.groupsSync ? [peopleOf(call), groupSource] : [peopleOf(call)];

/** The people this directory is shown. */
export const peopleOf = ({ caller }: Call): Source =>
	usersShown(caller.directory, caller.showsEveryone);
