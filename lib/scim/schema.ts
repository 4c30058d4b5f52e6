/**
 * What a schema is (RFC 7643 §7), and finding an attribute by the names clients use. The schemas
 * themselves are ./user-schema. Names compare without case everywhere (RFC 7643 §2.1).
 *
 * Every key this folder writes comes from an Attribute found here, never from the client's text,
 * which is what makes a path such as `constructor.prototype.x` harmless.
 */
import type { AttributePath } from "./filter";

export type Attribute = {
	name: string;
	type: "string" | "boolean" | "dateTime" | "reference" | "binary" | "complex";
	multiValued: boolean;
	description: string;
	required: boolean;
	caseExact: boolean;
	mutability: "readOnly" | "readWrite" | "writeOnly" | "immutable";
	returned: "always" | "never" | "default";
	uniqueness: "none" | "server";
	canonicalValues?: string[];
	/** Canonical values that only a strict directory declares. */
	strictValues?: string[];
	referenceTypes?: string[];
	subAttributes?: Attribute[];
};

export type Schema = { id: string; name: string; description: string; attributes: Attribute[] };

export type ResourceType = {
	name: string;
	endpoint: string;
	description: string;
	schema: Schema;
	extensions: Schema[];
};

/** A resource as JSON: core attributes by name, each extension's under its URN. */
export type Resource = Record<string, unknown>;

type Options = Partial<Omit<Attribute, "name" | "description" | "multiValued" | "subAttributes">>;

/** A single simple attribute; a text without case unless the options say otherwise. */
export function simple(name: string, description: string, options: Options = {}): Attribute {
	return {
		name,
		type: "string",
		multiValued: false,
		description,
		required: false,
		caseExact: false,
		mutability: "readWrite",
		returned: "default",
		uniqueness: "none",
		...options,
	};
}

/** A single attribute with parts. */
export function complex(
	name: string,
	description: string,
	subAttributes: Attribute[],
	options: Options = {},
): Attribute {
	return { ...simple(name, description, options), type: "complex", subAttributes };
}

/** A list of elements with parts. */
export function list(
	name: string,
	description: string,
	subAttributes: Attribute[],
	options: Options = {},
): Attribute {
	return { ...complex(name, description, subAttributes, options), multiValued: true };
}

/** The attributes every resource has beside its schemas' (RFC 7643 §3.1). */
export const commonAttributes: Attribute[] = [
	simple("schemas", "The URNs of the schemas present in the resource.", {
		type: "reference",
		caseExact: true,
		mutability: "readOnly",
		returned: "always",
		referenceTypes: ["uri"],
	}),
	simple("id", "The identifier this service gave the resource.", {
		caseExact: true,
		mutability: "readOnly",
		returned: "always",
		uniqueness: "server",
	}),
	simple("externalId", "The identifier the client gave the resource.", { caseExact: true }),
	complex(
		"meta",
		"What this service knows about the resource.",
		[
			simple("resourceType", "The name of the resource type.", { mutability: "readOnly" }),
			simple("created", "When it was added.", { type: "dateTime", mutability: "readOnly" }),
			simple("lastModified", "When it last changed.", { type: "dateTime", mutability: "readOnly" }),
			simple("location", "Its address.", { type: "reference", mutability: "readOnly" }),
			simple("version", "Its weak entity tag.", { mutability: "readOnly" }),
		],
		{ mutability: "readOnly" },
	),
];

/** Folds a name or URN for comparison: ASCII only, as ATTRNAME is. */
export const foldName = (name: string) => name.toLowerCase();

export const sameName = (a: string, b: string) => foldName(a) === foldName(b);

/** What a name points at: an attribute of the core or an extension, or a whole extension. */
export type Target = { extension?: Schema; attribute?: Attribute; sub?: Attribute };

/**
 * Finds what a path names. A core attribute may carry the core URN; an extension's attribute may
 * stand without its URN where the core has none of that name (Entra sends a bare `manager`).
 * @returns undefined where this resource type has no such attribute.
 */
export function resolve(type: ResourceType, path: AttributePath): Target | undefined {
	const { schema, name, sub } = path;
	if (schema === undefined) {
		return (
			within([...type.schema.attributes, ...commonAttributes], name, sub) ??
			type.extensions
				.map((extension) => found(extension, within(extension.attributes, name, sub)))
				.find((target) => target !== undefined)
		);
	}
	if (sameName(schema, type.schema.id))
		return within([...type.schema.attributes, ...commonAttributes], name, sub);
	const extension = extensionOf(type, schema);
	if (extension) return found(extension, within(extension.attributes, name, sub));
	// The URN of an extension on its own: its last part was read as an attribute's name.
	const whole = sub === undefined ? extensionOf(type, `${schema}:${name}`) : undefined;
	return whole ? { extension: whole } : undefined;
}

/** The extension of a URN, compared without case. */
export function extensionOf(type: ResourceType, urn: string): Schema | undefined {
	return type.extensions.find((extension) => sameName(extension.id, urn));
}

/** The part of a complex attribute by name. */
export function partOf(attribute: Attribute, name: string): Attribute | undefined {
	return attribute.subAttributes?.find((part) => sameName(part.name, name));
}

function within(attributes: Attribute[], name: string, sub?: string): Target | undefined {
	const attribute = attributes.find((candidate) => sameName(candidate.name, name));
	if (!attribute || sub === undefined) return attribute && { attribute };
	const part = partOf(attribute, sub);
	return part && { attribute, sub: part };
}

const found = (extension: Schema, target: Target | undefined): Target | undefined =>
	target && { extension, ...target };

/** Whether a JSON value is an object with keys, and neither null nor a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
