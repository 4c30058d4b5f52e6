/**
 * What a body or a PATCH says of a group: its attributes by the rules of every resource (./patch),
 * its members as steps to take (./membership). Pure.
 */
import type { GroupAttributes } from "@/lib/directory/groups";
import { badRequest } from "./errors";
import { groupType, membersAttribute } from "./group-schema";
import { checkParts } from "./match";
import { memberIds, type Step, Steps } from "./membership";
import {
	applyOperation,
	checkRequired,
	eachOperation,
	type Operation,
	readResource,
} from "./patch";
import { type Path, parsePath } from "./path";
import { isRecord, partOf, type Resource, resolve } from "./schema";
import { ignoreUnknown, type Mode } from "./values";

/** A group as a body describes it. */
export type GroupBody = { attributes: GroupAttributes; members: string[] };

/** @throws ScimError 400. */
export function readGroupBody(body: unknown, mode: Mode): GroupBody {
	if (!isRecord(body)) throw badRequest("invalidSyntax", "The body must be a JSON object.");
	const { rest, members } = split(body);
	const resource = readResource(groupType, rest, mode);
	return {
		attributes: attributesOf(resource),
		members: members.flatMap((list) => memberIds(list, mode)),
	};
}

/** A PATCH of a group: what its attributes become, and what happens to its members. */
export type GroupPatch = {
	change: (current: Pick<GroupAttributes, "displayName" | "externalId">) => GroupAttributes;
	steps: Step[];
};

/** @throws ScimError 400 that says which operation was refused; `change` throws such too. */
export function readGroupPatch(body: unknown, mode: Mode): GroupPatch {
	const steps = new Steps();
	const onAttributes: Operation[] = [];
	eachOperation(body, mode, (operation) => {
		const left = takeMembers(steps, operation, mode);
		if (!left) return;
		// Tried on a group that has everything: what is refused whatever the group is, is refused now.
		applyOperation(groupType, { displayName: "x", externalId: "x" }, left, mode);
		onAttributes.push(left);
	});
	return {
		steps: steps.steps,
		change: ({ displayName, externalId }) => {
			const draft: Resource = { displayName, ...(externalId === null ? {} : { externalId }) };
			for (const operation of onAttributes) applyOperation(groupType, draft, operation, mode);
			checkRequired(groupType, draft, "mutability");
			return attributesOf(draft);
		},
	};
}

/** Takes what an operation says of members. @returns what is left of it for the attributes. */
function takeMembers(steps: Steps, operation: Operation, mode: Mode): Operation | undefined {
	const { op, path: text, value } = operation;
	if (text === undefined) {
		if (!isRecord(value) || op === "remove" || mode.strict) return operation;
		const { rest, members } = split(value);
		for (const list of members) changeMembers(steps, op, list, mode);
		return { op, path: undefined, value: rest };
	}
	const path = parsePath(text);
	if (!isMembers(path)) return operation;
	if (path.where) checkParts(path.where, membersAttribute, mode);
	if (mode.strict && path.sub && !partOf(membersAttribute, path.sub)) ignoreUnknown(text, mode);
	if (path.sub) throw badRequest("mutability", `A member's ${path.sub} cannot be changed.`);
	if (!path.where) changeMembers(steps, op, value, mode);
	else if (op === "remove") steps.removeWhere(path.where);
	else
		throw badRequest(
			"mutability",
			"A member is added or removed as a whole: use the path members.",
		);
	return undefined;
}

function changeMembers(steps: Steps, op: Operation["op"], value: unknown, mode: Mode): void {
	const ids = memberIds(value, mode);
	// Entra, JumpCloud and authentik remove by listing who is to go, though RFC 7644 §3.5.2.2 knows
	// no value there and would empty the group. A list that names nobody must not do that.
	const removesSome = op === "remove" && value !== undefined;
	if (removesSome && ids.length === 0)
		throw badRequest("invalidValue", "The list of members to remove is empty.");
	if (op === "add") steps.add(ids);
	else if (removesSome) steps.remove(ids);
	else steps.replaceAll(ids);
}

/** A body's members, by whatever key it has them under, and the rest of it. */
function split(body: Record<string, unknown>) {
	const [members, rest] = [true, false].map((wanted) =>
		Object.entries(body).filter(([key]) => namesMembers(key) === wanted),
	);
	// Never by assignment: a key may be __proto__, which is refused like any other unknown one.
	return {
		rest: Object.fromEntries(rest ?? []),
		members: (members ?? []).map(([, value]) => value),
	};
}

function namesMembers(key: string): boolean {
	try {
		const path = parsePath(key);
		return isMembers(path) && !path.where && !path.sub;
	} catch {
		return false;
	}
}

const isMembers = ({ attribute }: Path) =>
	resolve(groupType, attribute)?.attribute?.name === "members";

function attributesOf({ displayName, externalId }: Resource): GroupAttributes {
	return {
		displayName: String(displayName),
		externalId: typeof externalId === "string" && externalId.trim() !== "" ? externalId : null,
		resource: {},
	};
}
