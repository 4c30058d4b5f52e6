/**
 * The Group resource over HTTP (RFC 7644 §3.3 to §3.6). Where a workspace takes no groups from its
 * directory (policy `groupsSync`), reading finds none, so that the connection test of an IdP
 * passes, and writing is refused.
 */
import type { Tx } from "@/db/client";
import { decide, type Lock } from "@/lib/directory/decide";
import {
	changeMembers,
	createGroup,
	type DirectoryGroup,
	deleteGroup,
	type Membership,
	readGroup,
	updateGroup,
} from "@/lib/directory/groups";
import { notePassedOver } from "@/lib/directory/request-notes";
import { takeOverAll } from "@/lib/directory/take-over";
import type { Change, Refused } from "@/lib/directory/users";
import type { Reply } from "@/lib/platform/exchange";
import { readJson } from "./body";
import { type Call, changeOf, modeOf } from "./call";
import { listResponse } from "./discovery";
import { badRequest, emptyResponse, ScimError, scimResponse } from "./errors";
import { groupSource } from "./fields";
import { type GroupPatch, readGroupBody, readGroupPatch } from "./group-patch";
import { groupType } from "./group-schema";
import { membersWhere } from "./members-where";
import type { Step } from "./membership";
import { locationOf } from "./present";
import { type Projection, readPage, readProjection } from "./query";
import { notFound, refusal } from "./refusals";
import { answerList, maxPage, presentGroups } from "./resources";
import { checkVersion, unchanged, versionTag } from "./versions";

export function listGroups(call: Call): Reply | Promise<Reply> {
	if (call.caller.groupsSync) return answerList(call, [groupSource], maxPage);
	const page = readPage(call.query, maxPage);
	return scimResponse(200, listResponse([], 0, page.by === "index" ? page.startIndex : undefined));
}

export async function getGroup(call: Call): Promise<Reply> {
	const { deps, caller, id } = call;
	const group = caller.groupsSync ? await readGroup(deps.db, caller.directory, id) : null;
	if (!group) throw notFound(groupType, id);
	return (
		unchanged(call.request, group) ??
		answer(call, 200, group, readProjection(groupType, call.query))
	);
}

export async function postGroup(call: Call): Promise<Reply> {
	refuseWithoutSync(call);
	const projection = readProjection(groupType, call.query);
	const { attributes, members } = readGroupBody(await readJson(call), modeOf(call));
	checkLength(attributes);
	const group = await write(call, async (tx, lock, change) => {
		const made = await createGroup(tx, change, attributes);
		return take(tx, lock, change, call, made.group, [{ change: { add: members } }]);
	});
	const location = locationOf(groupType, call.base, group.id);
	return answer(call, 201, group, projection, { location });
}

/** Replaces the resource: a body without members is that of a group nobody is in. */
export async function putGroup(call: Call): Promise<Reply> {
	refuseWithoutSync(call);
	const projection = readProjection(groupType, call.query);
	const { attributes, members } = readGroupBody(await readJson(call), modeOf(call));
	const group = await change(call, {
		change: () => attributes,
		steps: [{ change: { replaceAll: members } }],
	});
	return answer(call, 200, group, projection);
}

/** Answered without a body, for speed: 200 and the group where the request or the directory asks. */
export async function patchGroup(call: Call): Promise<Reply> {
	refuseWithoutSync(call);
	const projection = readProjection(groupType, call.query);
	const group = await change(call, readGroupPatch(await readJson(call), modeOf(call)));
	const asked = call.query.has("attributes") || call.query.has("excludedAttributes");
	if (asked || call.caller.directory.groupPatchAnswer === "200")
		return answer(call, 200, group, projection);
	return emptyResponse(204, { etag: versionTag(group) });
}

export async function removeGroup(call: Call): Promise<Reply> {
	refuseWithoutSync(call);
	const { deps, caller, id } = call;
	const removed = await decide(deps.db, caller.directory.workspaceId, (tx, lock) =>
		deleteGroup(tx, lock, changeOf(call), id, (group) => checkVersion(call.request, group)),
	);
	if (!removed.ok) throw refusal(groupType, removed, id);
	return emptyResponse(204);
}

async function change(call: Call, patch: GroupPatch): Promise<DirectoryGroup> {
	return write(call, async (tx, lock, change) => {
		const written = await updateGroup(tx, change, call.id, (current) => {
			checkVersion(call.request, current);
			const attributes = patch.change(current);
			checkLength(attributes);
			return attributes;
		});
		return written.ok ? take(tx, lock, change, call, written.group, patch.steps) : written;
	});
}

type Written = { ok: true; group: DirectoryGroup };

async function write(
	call: Call,
	work: (tx: Tx, lock: Lock, change: Change) => Promise<Written | Refused>,
): Promise<DirectoryGroup> {
	const { deps, caller, id } = call;
	const written = await decide(deps.db, caller.directory.workspaceId, (tx, lock) =>
		work(tx, lock, changeOf(call)),
	);
	if (!written.ok) throw refusal(groupType, written, id);
	return written.group;
}

/** Takes the steps. @throws ScimError 400 invalidValue for an unknown id, where that is refused. */
async function take(
	tx: Tx,
	lock: Lock,
	change: Change,
	call: Call,
	group: DirectoryGroup,
	steps: Step[],
): Promise<Written | Refused> {
	let current = group;
	for (const step of steps) {
		const membership =
			"change" in step
				? step.change
				: {
						remove: await membersWhere(tx, change.directory, group.id, step.removeWhere, call.base),
					};
		// Whom the directory is shown it may name, also before it manages them.
		if (call.caller.showsEveryone) await takeOverAll(tx, lock, change, comers(membership));
		const changed = await changeMembers(tx, lock, change, current, membership);
		if (!changed.ok) return changed;
		current = changed.group;
		// One stale id must not spoil a push of 256, so it is left out, and the log says so.
		const [unknown] = changed.unknown;
		if (unknown !== undefined && modeOf(call).strict)
			throw badRequest("invalidValue", `There is no user "${unknown.slice(0, 100)}" to add.`);
		if (unknown !== undefined) noteLeftOut(changed.unknown.length);
	}
	return { ok: true, group: current };
}

const comers = (membership: Membership): readonly string[] =>
	"replaceAll" in membership ? membership.replaceAll : (membership.add ?? []);

function noteLeftOut(count: number): void {
	const who = count === 1 ? "1 unknown member was" : `${count} unknown members were`;
	notePassedOver(`${who} left out: a member is a person of this directory, not another group.`);
}

/** @param projection read before anything is written, since it may be refused. */
async function answer(
	call: Call,
	status: number,
	group: DirectoryGroup,
	projection: Projection,
	headers: Record<string, string> = {},
): Promise<Reply> {
	const [body] = await presentGroups(call, [group], projection);
	return scimResponse(status, body, { etag: versionTag(group), ...headers });
}

/** The most bytes of what groups are found by: an index holds no more. */
const maxKey = 1024;

function checkLength(attributes: { displayName: string; externalId: string | null }): void {
	for (const name of ["displayName", "externalId"] as const)
		if (Buffer.byteLength(attributes[name] ?? "") > maxKey)
			throw badRequest("invalidValue", `${name} is longer than ${maxKey} bytes.`);
}

function refuseWithoutSync({ caller }: Call): void {
	if (!caller.groupsSync)
		throw new ScimError(
			501,
			undefined,
			"Groups are not synchronized in this workspace. Turn group sync on under Workspace > SSO.",
		);
}
