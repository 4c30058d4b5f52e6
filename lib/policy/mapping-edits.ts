/** What an admin changes about the mapping of directory groups, kept apart from what is saved. */
import { z } from "zod";
import { type Policy, policySchema } from "./document";

type Mappings = Policy["mappings"];
export type Mapping = Mappings[string];

/** By directory group: what it is to give; null: nothing any more. */
export type MappingEdits = Record<string, Mapping | null>;

const { mappings } = policySchema.shape;
export const mappingEdits = z.record(mappings.keyType, mappings.valueType.nullable());

/** The mappings with the edits made: what was not edited is whatever is saved. */
export function withEdits(saved: Mappings, edits: MappingEdits): Mappings {
	const entries = Object.entries({ ...saved, ...edits });
	return Object.fromEntries(entries.flatMap(([id, to]) => (to ? [[id, to] as const] : [])));
}

/** The edits that still differ from what is saved. */
export function openEdits(saved: Mappings, edits: MappingEdits): MappingEdits {
	return Object.fromEntries(
		Object.entries(edits).filter(([id, to]) => !isSameMapping(to, mappingOf(saved, id))),
	);
}

/** What a group gives, or null. */
export const mappingOf = (saved: Mappings, id: string): Mapping | null =>
	Object.hasOwn(saved, id) ? (saved[id] ?? null) : null;

const isSameMapping = (a: Mapping | null, b: Mapping | null) =>
	a?.role === b?.role && a?.group === b?.group;

/** A group that somebody else changed, edited here or not: what it gave, gives, and would give. */
export type MappingConflict = {
	id: string;
	before: Mapping | null;
	saved: Mapping | null;
	/** Undefined: no edit touches it. */
	mine: Mapping | null | undefined;
};

/** The groups whose mapping differs between two saves, each beside the edit of it. */
export function changedMappings(
	before: Mappings,
	saved: Mappings,
	edits: MappingEdits,
): MappingConflict[] {
	return Object.keys({ ...before, ...saved })
		.map((id) => ({
			id,
			before: mappingOf(before, id),
			saved: mappingOf(saved, id),
			mine: Object.hasOwn(edits, id) ? edits[id] : undefined,
		}))
		.filter((change) => !isSameMapping(change.before, change.saved));
}
