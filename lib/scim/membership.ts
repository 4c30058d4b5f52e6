/**
 * Who comes into a group and who leaves it, as a body or the operations of a PATCH say it. Pure,
 * and without the members the group has: what is collected here is a change, never a list to hold.
 */
import type { Membership } from "@/lib/directory/groups";
import { badRequest } from "./errors";
import { type Filter, limits } from "./filter";
import { membersAttribute } from "./group-schema";
import { isRecord, partOf, sameName } from "./schema";
import { ignoreUnknown, type Mode } from "./values";

/** Steps to carry out in order: changes by id, and removals of whoever a filter matches. */
export type Step = { change: Membership } | { removeWhere: Filter };

/** Collects the operations on members of one request, joining what follows each other. */
export class Steps {
	readonly steps: Step[] = [];
	private conditions = 0;

	add(ids: readonly string[]): void {
		this.adjust(ids, []);
	}

	remove(ids: readonly string[]): void {
		this.adjust([], ids);
	}

	replaceAll(ids: readonly string[]): void {
		// What came before makes no difference any more.
		this.steps.length = 0;
		this.steps.push({ change: { replaceAll: [...new Set(ids)] } });
	}

	/** @throws ScimError 400 tooMany when the members would be looked through again and again. */
	removeWhere(filter: Filter): void {
		const ids = idsIn(filter);
		if (ids) {
			this.remove(ids);
			return;
		}
		this.conditions += conditionsIn(filter);
		if (this.conditions > limits.terms)
			throw badRequest(
				"tooMany",
				`The filters on members have more than ${limits.terms} conditions in all. Name the members by value.`,
			);
		this.steps.push({ removeWhere: filter });
	}

	private adjust(add: readonly string[], remove: readonly string[]): void {
		const last = this.steps.at(-1);
		const before = last && "change" in last ? last.change : undefined;
		if (before) this.steps.pop();
		if (before && "replaceAll" in before) {
			const all = new Set([...before.replaceAll, ...add]);
			for (const id of remove) all.delete(id);
			this.steps.push({ change: { replaceAll: [...all] } });
			return;
		}
		const [added, removed] = [new Set(before?.add), new Set(before?.remove)];
		for (const id of add) {
			added.add(id);
			removed.delete(id);
		}
		for (const id of remove) {
			removed.add(id);
			added.delete(id);
		}
		this.steps.push({ change: { add: [...added], remove: [...removed] } });
	}
}

function conditionsIn(filter: Filter): number {
	if (filter.kind === "not") return conditionsIn(filter.term);
	if ("terms" in filter) return filter.terms.reduce((sum, term) => sum + conditionsIn(term), 0);
	return 1;
}

/** The ids a filter such as `value eq "a" or value eq "b"` names, or undefined for another. */
function idsIn(filter: Filter): string[] | undefined {
	if (filter.kind === "or") {
		const lists = filter.terms.map(idsIn);
		return lists.includes(undefined) ? undefined : lists.flatMap((ids) => ids ?? []);
	}
	if (filter.kind !== "compare" || filter.op !== "eq" || typeof filter.value !== "string")
		return undefined;
	const { schema, name, sub } = filter.path;
	return !schema && !sub && sameName(name, "value") ? [filter.value] : undefined;
}

/**
 * The ids a list of members names. Null is the empty list.
 * @throws ScimError 400 invalidValue for an element that names nobody: read otherwise, a malformed
 * list would put in or take out somebody else.
 */
export function memberIds(value: unknown, mode: Mode): string[] {
	if (value === null || value === undefined) return [];
	if (mode.strict && !Array.isArray(value))
		throw badRequest("invalidValue", "members must be a list.");
	return (Array.isArray(value) ? value : [value]).map((member) => memberId(member, mode));
}

function memberId(member: unknown, mode: Mode): string {
	// Some clients send bare ids.
	const id = isRecord(member) ? idIn(member, mode) : mode.strict ? undefined : member;
	if (typeof id === "string" && id.trim() !== "") return id;
	throw badRequest("invalidValue", 'Each of members needs a "value", the id of a person.');
}

function idIn(member: Record<string, unknown>, mode: Mode): unknown {
	let value: unknown;
	for (const [key, item] of Object.entries(member)) {
		const part = partOf(membersAttribute, key);
		if (!part) ignoreUnknown(`${membersAttribute.name}.${key}`, mode);
		else if (part.name === "value") value ??= item;
	}
	return value;
}
