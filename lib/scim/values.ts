/**
 * Reading what a client sent into the values a schema allows. Real clients write booleans as
 * texts and lists as single objects: without `strict` that is understood, with it refused. What has
 * no sensible reading is 400 in both.
 *
 * `undefined` stands for "unassigned": null and the empty list mean the same (RFC 7643 §2.5), in
 * both too.
 */
import { badRequest } from "./errors";
import { type Attribute, isRecord, partOf } from "./schema";

/** How tolerant to be: the directory's `strict` switch. */
export type Mode = {
	strict: boolean;
	/** Told of each attribute that is ignored because no schema has it. */
	ignored?: (name: string) => void;
};

/** The most elements one attribute of a resource may have. */
export const maxElements = 1000;

/** The parts of a complex value; an undefined one is to be cleared. */
export type Parts = Record<string, unknown>;

/**
 * Reads a single value, complex or simple. @returns undefined when it is unassigned.
 * @throws ScimError 400 invalidValue that names the attribute.
 */
export function readSingle(attribute: Attribute, sent: unknown, mode: Mode): unknown {
	const raw = unwrap(sent, mode);
	if (raw === null || raw === undefined) return undefined;
	if (attribute.type === "complex") return withoutGaps(readParts(attribute, raw, mode));
	return readSimple(attribute, raw, mode);
}

/** Entra wraps a single value, such as the manager, in a list of one. */
export function unwrap(raw: unknown, mode: Mode): unknown {
	return !mode.strict && Array.isArray(raw) && raw.length < 2 ? raw[0] : raw;
}

/** Reads a list. A single element counts as a list of one unless strict. */
export function readElements(attribute: Attribute, raw: unknown, mode: Mode): Parts[] {
	if (raw === null || raw === undefined) return [];
	if (!Array.isArray(raw)) {
		if (mode.strict) throw badRequest("invalidValue", `${attribute.name} must be a list.`);
		return readElements(attribute, [raw], mode);
	}
	if (raw.length > maxElements)
		throw badRequest("invalidValue", `${attribute.name} has more than ${maxElements} values.`);
	return raw
		.map((item) => withoutGaps(readParts(attribute, item, mode)))
		.filter((element) => element !== undefined);
}

/**
 * Reads the parts of a complex value, or of one element of a list. A part sent as null is there
 * as undefined, so that a merge can clear it.
 */
export function readParts(attribute: Attribute, raw: unknown, mode: Mode): Parts {
	if (raw === null || raw === undefined) return {};
	if (!mode.strict) {
		// Entra sends `manager` as the bare id; an empty text clears it.
		const value = partOf(attribute, "value");
		if (value && (typeof raw === "string" || typeof raw === "number"))
			return raw === "" ? {} : { value: readSimple(value, raw, mode) };
	}
	if (!isRecord(raw)) throw badRequest("invalidValue", `${attribute.name} must be an object.`);
	const parts: Parts = {};
	for (const [key, item] of Object.entries(raw)) {
		const part = partOf(attribute, key);
		if (!part) ignoreUnknown(`${attribute.name}.${key}`, mode);
		else if (part.mutability !== "readOnly") parts[part.name] = readSingle(part, item, mode);
	}
	return parts;
}

/** Strictly, the parts of what is ignored exist too. @throws ScimError 400 invalidSyntax. */
export function checkNames(attribute: Attribute, raw: unknown, mode: Mode): void {
	if (!mode.strict || !isRecord(raw)) return;
	for (const key of Object.keys(raw))
		if (!partOf(attribute, key)) ignoreUnknown(`${attribute.name}.${key}`, mode);
}

/** The one place that decides what an attribute outside the schemas does. */
export function ignoreUnknown(name: string, mode: Mode): void {
	if (mode.strict) throw badRequest("invalidSyntax", `There is no attribute "${name}".`);
	// Harmless here, since keys are only ever taken from the schemas; but nobody sends it in earnest.
	if (/(?:^|[.:])(?:__proto__|constructor|prototype)(?:$|[.[])/i.test(name))
		throw badRequest("invalidPath", `"${name}" is not an attribute.`);
	mode.ignored?.(name.slice(0, 200));
}

/** Drops the undefined parts. @returns undefined when nothing is left. */
export function withoutGaps(parts: Parts): Parts | undefined {
	const entries = Object.entries(parts).filter(([, value]) => value !== undefined);
	return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function readSimple(attribute: Attribute, raw: unknown, mode: Mode): unknown {
	const { name, type } = attribute;
	if (type === "boolean") {
		const value = mode.strict ? undefined : booleanOf(raw);
		if (typeof raw === "boolean") return raw;
		if (value !== undefined) return value;
		throw badRequest("invalidValue", `${name} must be true or false.`);
	}
	if (!mode.strict && typeof raw === "number") {
		// Read as JSON it has lost digits already: two people's numbers would be one.
		if (Math.abs(raw) > Number.MAX_SAFE_INTEGER)
			throw badRequest("invalidValue", `${name} is too large for a number: send it as a text.`);
		return String(raw);
	}
	if (typeof raw !== "string") throw badRequest("invalidValue", `${name} must be a text.`);
	// Neither can be stored in Postgres, and neither is part of any name or address.
	if (/\0|\p{Surrogate}/u.test(raw))
		throw badRequest("invalidValue", `${name} holds a character that is not valid text.`);
	return raw;
}

/** Entra writes "True" and "False", Keycloak "true" and "false". */
export function booleanOf(raw: unknown): boolean | undefined {
	const text = typeof raw === "string" ? raw.toLowerCase() : raw;
	if (text === true || text === "true") return true;
	return text === false || text === "false" ? false : undefined;
}
