/**
 * One change to one attribute of a resource held in memory (RFC 7644 §3.5.2.1 to §3.5.2.3). Which
 * attribute a path or a key names is found by ./patch.
 */
import { isDeepStrictEqual } from "node:util";
import { badRequest } from "./errors";
import type { Filter } from "./filter";
import { checkParts, matchesElement, seedOf } from "./match";
import { type Attribute, isRecord } from "./schema";
import {
	checkNames,
	type Mode,
	maxElements,
	type Parts,
	readElements,
	readParts,
	readSingle,
	unwrap,
	withoutGaps,
} from "./values";

export type Op = "add" | "replace" | "remove";

/** One attribute to change. `asked` when a path names it, not just a key of a whole object. */
export type Change = { op: Op; value: unknown; where?: Filter; asked: boolean };

/**
 * Changes one attribute, or a part of it, in the object that holds it.
 * @throws ScimError 400 mutability, invalidValue, invalidPath or noTarget.
 */
export function applyAttribute(
	holder: Record<string, unknown>,
	attribute: Attribute,
	sub: Attribute | undefined,
	change: Change,
	mode: Mode,
): void {
	if (attribute.mutability === "readOnly" || sub?.mutability === "readOnly") {
		// A whole object read from us and sent back carries id, meta and groups: ignored there.
		if (!change.asked) {
			for (const item of [change.value].flat()) checkNames(attribute, item, mode);
			return;
		}
		const name = sub ? `${attribute.name}.${sub.name}` : attribute.name;
		throw badRequest("mutability", `${name} is read-only.`);
	}
	if (attribute.mutability === "writeOnly") {
		readSingle(attribute, change.value, mode); // checked for its type, then forgotten
		return;
	}
	if (attribute.multiValued) {
		applyList(holder, attribute, sub, change, mode);
		return;
	}
	if (change.where)
		throw badRequest("invalidPath", `${attribute.name} is not a list and takes no filter.`);
	if (sub) {
		const value = change.op === "remove" ? undefined : readSingle(sub, change.value, mode);
		merge(holder, attribute, { [sub.name]: value }, mode);
	} else if (
		attribute.type === "complex" &&
		change.op !== "remove" &&
		isRecord(holder[attribute.name])
	) {
		mergeComplex(holder, attribute, change, mode);
	} else {
		set(holder, attribute, change, mode);
	}
}

/** Sets or removes one attribute that is no list. */
function set(holder: Record<string, unknown>, attribute: Attribute, change: Change, mode: Mode) {
	if (change.op === "remove" && attribute.required)
		throw badRequest("mutability", `${attribute.name} is required and cannot be removed.`);
	const value = change.op === "remove" ? undefined : readSingle(attribute, change.value, mode);
	if (value === undefined) delete holder[attribute.name];
	else holder[attribute.name] = value;
}

/** Parts not sent stay (RFC 7644 §3.5.2.3); strict follows the interop profile, where they go. */
function mergeComplex(
	holder: Record<string, unknown>,
	attribute: Attribute,
	change: Change,
	mode: Mode,
): void {
	const value = unwrap(change.value, mode);
	const cleared = value === null || value === undefined || value === "";
	if (cleared || (change.op === "replace" && mode.strict)) delete holder[attribute.name];
	merge(holder, attribute, readParts(attribute, value, mode), mode);
}

/**
 * Lays parts over those that are there. Another manager keeps nothing of the one before: an address
 * would not be theirs. Strictly it does, as the interop profile asks of an `add`.
 */
function merge(
	holder: Record<string, unknown>,
	attribute: Attribute,
	parts: Parts,
	mode: Mode,
): void {
	const before = recordIn(holder, attribute.name);
	const isOther = "value" in parts && "value" in before && parts.value !== before.value;
	const merged = withoutGaps({ ...(isOther && !mode.strict ? {} : before), ...parts });
	if (merged) holder[attribute.name] = merged;
	else delete holder[attribute.name];
}

function applyList(
	holder: Record<string, unknown>,
	attribute: Attribute,
	sub: Attribute | undefined,
	change: Change,
	mode: Mode,
): void {
	const before = elementsOf(holder, attribute);
	const wasPrimary = new Set(before.filter((element) => element.primary === true));
	const after =
		change.where || sub
			? // Two elements that a change made alike are one.
				changeElements(before, attribute, sub, change, mode).reduce(addElement, [])
			: changeList(before, attribute, change, mode);
	const elements = after.filter(hasContent);
	if (elements.length > maxElements)
		throw badRequest("invalidValue", `${attribute.name} has more than ${maxElements} values.`);
	keepOnePrimary(elements, wasPrimary, attribute, mode);
	if (elements.length > 0) holder[attribute.name] = elements;
	else delete holder[attribute.name];
}

/** The list itself is the target. */
function changeList(before: Parts[], attribute: Attribute, change: Change, mode: Mode): Parts[] {
	if (change.op === "replace") return readElements(attribute, change.value, mode);
	if (change.op === "add")
		return readElements(attribute, change.value, mode).reduce(addElement, before);
	if (change.value === undefined || change.value === null) return [];
	// Entra removes by listing what is to go. A list that names nothing must not empty the attribute.
	const listed = readElements(attribute, change.value, mode);
	if (listed.length === 0 || listed.some((element) => element.value === undefined))
		throw badRequest("invalidValue", `A value to remove from ${attribute.name} lacks "value".`);
	return before.filter((element) => !listed.some((gone) => agrees(element, gone)));
}

/** Adding what is there changes nothing; the same value and type again brings its other parts. */
function addElement(elements: Parts[], added: Parts): Parts[] {
	const same = (element: Parts) =>
		added.value === undefined
			? isDeepStrictEqual(element, added)
			: element.value === added.value && element.type === added.type;
	const at = elements.findIndex(same);
	if (at === -1) return [...elements, added];
	return elements.map((element, index) => {
		if (index !== at || agrees(element, added)) return element;
		return { ...element, ...added };
	});
}

const agrees = (element: Parts, parts: Parts) =>
	Object.entries(parts).every(([name, value]) => element[name] === value);

/** Some elements, or a part of them, are the target. */
function changeElements(
	before: Parts[],
	attribute: Attribute,
	sub: Attribute | undefined,
	change: Change,
	mode: Mode,
): Parts[] {
	const { op, value, where } = change;
	const chosen = (element: Parts) => !where || matchesElement(where, attribute, element);
	if (where) checkParts(where, attribute, mode);
	if (!before.some(chosen)) {
		if (op === "remove") return before;
		return [...before, ...createElement(attribute, sub, change, mode)];
	}
	if (op === "remove" && !sub) return before.filter((element) => !chosen(element));
	const parts: Parts = sub
		? { [sub.name]: op === "remove" ? undefined : readSingle(sub, value, mode) }
		: readParts(attribute, value, mode);
	return before.map((element) => {
		if (!chosen(element)) return element;
		const kept = op === "replace" && !sub && mode.strict ? {} : element;
		return withoutGaps({ ...kept, ...parts }) ?? {};
	});
}

/**
 * The element that a filter without a match describes: Entra sets `emails[type eq "work"].value`
 * on people who have no work address yet, and means that one is made.
 */
function createElement(
	attribute: Attribute,
	sub: Attribute | undefined,
	{ op, value, where }: Change,
	mode: Mode,
): Parts[] {
	const parts: Parts = sub
		? { [sub.name]: readSingle(sub, value, mode) }
		: readParts(attribute, value, mode);
	const content = withoutGaps(parts);
	if (!content) return [];
	const seed = where ? seedOf(where, attribute) : {};
	if (!seed || (op === "replace" && (mode.strict || !sub)))
		throw badRequest("noTarget", `No value of ${attribute.name} matches the filter.`);
	return [{ ...seed, ...content }];
}

/** An element that only says of what kind it would be is none. */
function hasContent(element: Parts): boolean {
	return Object.keys(element).some((name) => name !== "type" && name !== "primary");
}

/** A new primary takes the mark from the old one (RFC 7644 §3.5.2). */
function keepOnePrimary(
	elements: Parts[],
	wasPrimary: Set<Parts>,
	attribute: Attribute,
	mode: Mode,
): void {
	const primaries = elements.filter((element) => element.primary === true);
	if (primaries.length < 2) return;
	const fresh = primaries.filter((element) => !wasPrimary.has(element));
	// PingFederate may send two; the first is taken.
	if (mode.strict && fresh.length > 1)
		throw badRequest("invalidValue", `${attribute.name} has more than one primary value.`);
	const kept = fresh[0] ?? primaries[0];
	for (const element of primaries) if (element !== kept) element.primary = false;
}

function elementsOf(holder: Record<string, unknown>, attribute: Attribute): Parts[] {
	const value = holder[attribute.name];
	return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The object under a name, made where there is none. */
export function recordIn(holder: Record<string, unknown>, name: string): Record<string, unknown> {
	const value = holder[name];
	if (isRecord(value)) return value;
	const made: Record<string, unknown> = {};
	holder[name] = made;
	return made;
}
