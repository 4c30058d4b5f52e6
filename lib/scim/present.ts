/** The form in which a resource is answered: with schemas, id and meta, and only what was asked. */
import type { Projection } from "./query";
import { type Attribute, isRecord, type Resource, type ResourceType, type Target } from "./schema";
import { versionTag } from "./versions";

/** What this service knows of a stored resource. */
export type Stored = {
	id: string;
	resource: Resource;
	version: number;
	createdAt: Date;
	lastModifiedAt: Date;
	/** Its entity tag, where that says more than the version (./versions). */
	tag?: string;
};

/** The address of a resource. @param base the base URL the client called. */
export const locationOf = (type: ResourceType, base: string, id: string) =>
	`${base}${type.endpoint}/${id}`;

/** A stored resource as it is answered. */
export function present(
	type: ResourceType,
	base: string,
	stored: Stored,
	projection: Projection = {},
): Resource {
	const { id, resource, createdAt, lastModifiedAt } = stored;
	const present = type.extensions.filter((extension) => isRecord(resource[extension.id]));
	const full: Resource = {
		schemas: [type.schema, ...present].map((schema) => schema.id),
		id,
		...resource,
		meta: {
			resourceType: type.name,
			created: createdAt.toISOString(),
			lastModified: lastModifiedAt.toISOString(),
			location: locationOf(type, base, id),
			version: stored.tag ?? versionTag({ version: stored.version }),
		},
	};
	if (projection.only) return withoutEmpty(only(full, projection.only));
	if (projection.without) return withoutEmpty(without(full, projection.without));
	return full;
}

/** A resource without what is left of an attribute none of whose parts is asked for. */
function withoutEmpty(resource: Resource): Resource {
	const entries = Object.entries(resource).map(([name, value]): [string, unknown] => {
		if (Array.isArray(value)) return [name, value.filter((element) => !isEmpty(element))];
		return [name, isRecord(value) ? withoutEmpty(value) : value];
	});
	return Object.fromEntries(entries.filter(([, value]) => !isEmpty(value)));
}

const isEmpty = (value: unknown): boolean =>
	Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0;

/** Attributes that are always returned stay, whatever was asked (RFC 7643 §7, returned). */
const alwaysReturned = ["schemas", "id"];

function only(full: Resource, targets: Target[]): Resource {
	const kept: Resource = Object.fromEntries(alwaysReturned.map((name) => [name, full[name]]));
	for (const target of targets) {
		const [from, into] = holders(full, kept, target);
		if (!from) continue;
		if (!target.attribute) Object.assign(into, from);
		else keep(from, into, target.attribute, target.sub);
		const urn = target.extension?.id;
		if (urn && Object.keys(into).length > 0) kept[urn] = into;
	}
	return kept;
}

function keep(from: Resource, into: Resource, attribute: Attribute, sub?: Attribute): void {
	const { name } = attribute;
	const value = from[name];
	if (value === undefined) return;
	if (!sub) {
		into[name] = value;
		return;
	}
	const part = (element: unknown, taken: unknown) => ({
		...(isRecord(taken) ? taken : {}),
		...(isRecord(element) && element[sub.name] !== undefined
			? { [sub.name]: element[sub.name] }
			: {}),
	});
	const taken = into[name];
	into[name] = Array.isArray(value)
		? value.map((element, index) => part(element, Array.isArray(taken) ? taken[index] : undefined))
		: part(value, taken);
}

function without(full: Resource, targets: Target[]): Resource {
	const kept = structuredClone(full);
	for (const target of targets) {
		const [holder] = holders(kept, kept, target);
		if (!holder || alwaysReturned.includes(target.attribute?.name ?? "")) continue;
		const { extension, attribute, sub } = target;
		if (!attribute) delete kept[extension?.id ?? ""];
		else if (!sub) delete holder[attribute.name];
		else for (const element of elementsOf(holder[attribute.name])) delete element[sub.name];
	}
	return kept;
}

/** The object that holds a target's attribute, and its counterpart in the answer. */
function holders(
	full: Resource,
	kept: Resource,
	{ extension }: Target,
): [Resource | undefined, Resource] {
	if (!extension) return [full, kept];
	const [from, into] = [full[extension.id], kept[extension.id]];
	return [isRecord(from) ? from : undefined, isRecord(into) ? into : {}];
}

const elementsOf = (value: unknown): Resource[] =>
	(Array.isArray(value) ? value : [value]).filter(isRecord);
