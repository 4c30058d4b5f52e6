/**
 * What a PATCH makes of a resource (RFC 7644 §3.5.2), and, by the same rules, what a POST or PUT
 * body says: a body is one `add` without a path to an empty resource. Pure: nothing is changed in
 * place, and either every operation applies or none.
 *
 * Used for what fits in memory. The members of a group do not: they go by ./membership.
 */
import { applyAttribute, type Change, type Op, recordIn } from "./change";
import { badRequest, ScimError, type ScimType } from "./errors";
import { type Path, parsePath } from "./path";
import {
	extensionOf,
	foldName,
	isRecord,
	type Resource,
	type ResourceType,
	resolve,
	type Schema,
	sameName,
	type Target,
} from "./schema";
import { ignoreUnknown, type Mode } from "./values";

export const patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
export const maxOperations = 1000;

export type Operation = { op: Op; path: string | undefined; value: unknown };

/**
 * The resource a POST or PUT body describes. Read-only attributes are ignored (RFC 7644 §3.3).
 * @throws ScimError 400 for a body that names another schema, lacks what is required, or holds
 * values of the wrong type.
 */
export function readResource(type: ResourceType, body: unknown, mode: Mode): Resource {
	if (!isRecord(body)) throw badRequest("invalidSyntax", "The body must be a JSON object.");
	checkSchemas(type, body, mode);
	const resource: Resource = {};
	applyObject(type, resource, { op: "add", value: body }, mode);
	checkRequired(type, resource, "invalidValue");
	return resource;
}

/**
 * The resource after a PATCH.
 * @throws ScimError 400 that says which operation was refused and why.
 */
export function applyPatch(
	type: ResourceType,
	current: Resource,
	body: unknown,
	mode: Mode,
): Resource {
	const draft = structuredClone(current);
	eachOperation(body, mode, (operation) => applyOperation(type, draft, operation, mode));
	checkRequired(type, draft, "mutability");
	return draft;
}

/** Does something with each operation of a PATCH, in order; a refusal says which one it was. */
export function eachOperation(
	body: unknown,
	mode: Mode,
	apply: (operation: Operation) => void,
): void {
	for (const [index, operation] of readOperations(body, mode).entries()) {
		try {
			apply(operation);
		} catch (error) {
			if (!(error instanceof ScimError)) throw error;
			const detail = `Operation ${index + 1}: ${error.message}`;
			throw new ScimError(error.status, error.scimType, detail);
		}
	}
}

function readOperations(body: unknown, mode: Mode): Operation[] {
	if (!isRecord(body)) throw badRequest("invalidSyntax", "The body must be a JSON object.");
	checkMessage(patchSchema, body, mode);
	const operations = field(body, "Operations");
	// Entra sends an empty list where it found nothing to change, and expects no error.
	if (!Array.isArray(operations) || (operations.length === 0 && mode.strict))
		throw badRequest("invalidSyntax", "Operations must be a list of at least one operation.");
	if (operations.length > maxOperations)
		throw new ScimError(413, undefined, `There are more than ${maxOperations} operations.`);
	return operations.map((item) => readOperation(item, mode));
}

function readOperation(raw: unknown, mode: Mode): Operation {
	if (!isRecord(raw)) throw badRequest("invalidSyntax", "An operation must be an object.");
	const given = field(raw, "op");
	const path = field(raw, "path") ?? undefined;
	// Entra writes Add, Replace and Remove; RFC 7644 §3.5.2 has them in lower case.
	const op = typeof given === "string" && !mode.strict ? given.toLowerCase() : given;
	if (op !== "add" && op !== "replace" && op !== "remove")
		throw badRequest("invalidSyntax", "op must be add, replace or remove.");
	if (path !== undefined && typeof path !== "string")
		throw badRequest("invalidPath", "path must be a text.");
	const value = field(raw, "value");
	if (op !== "remove" && value === undefined)
		throw badRequest("invalidValue", `An operation "${op}" needs a value.`);
	return { op, path: path || undefined, value };
}

/** Applies one operation to a draft, in place. @throws ScimError 400. */
export function applyOperation(
	type: ResourceType,
	draft: Resource,
	operation: Operation,
	mode: Mode,
): void {
	const { op, path: text, value } = operation;
	if (text === undefined) {
		// The interop profile knows one keyword for this; RFC 7644 §3.5.2.2 another for `remove`.
		if (mode.strict) throw badRequest("invalidSyntax", "An operation needs a path.");
		if (op === "remove") throw badRequest("noTarget", "An operation remove needs a path.");
		applyObject(type, draft, { op, value }, mode);
		return;
	}
	const path = parsePath(text);
	const target = find(type, path, mode) ?? rolesElsewhere(type, path, mode);
	if (target) applyTarget(type, draft, target, { ...changeOf(path, op, value), asked: true }, mode);
	else ignoreUnknown(text, mode);
}

/** Applies every key of an object as an operation of its own. */
function applyObject(
	type: ResourceType,
	draft: Resource,
	{ op, value }: Pick<Operation, "op" | "value">,
	mode: Mode,
): void {
	if (!isRecord(value))
		throw badRequest("invalidValue", "A value without a path must be an object.");
	const items = mode.strict ? value : withRolesOfExtensions(type, value);
	for (const [key, item] of Object.entries(items)) {
		const path = pathOfKey(type, key, mode);
		const target = path && find(type, path, mode);
		if (target)
			applyTarget(type, draft, target, { ...changeOf(path, op, item), asked: false }, mode);
		else ignoreUnknown(key, mode);
	}
}

/** What a path names. Strictly, what an extension has goes by its URN (RFC 7644 §3.10). */
function find(type: ResourceType, path: Path, mode: Mode): Target | undefined {
	const target = resolve(type, namesOf(path));
	const isBare = path.attribute.schema === undefined;
	return mode.strict && isBare && target?.extension ? undefined : target;
}

/**
 * Roles at the URN of an extension, ours or not: some clients can write an attribute of their own only
 * so. They mean the core's.
 */
function rolesElsewhere(type: ResourceType, { attribute, sub }: Path, mode: Mode) {
	const { schema, name } = attribute;
	if (mode.strict || schema === undefined || !sameName(name, "roles")) return undefined;
	return resolve(type, sub === undefined ? { name } : { name, sub });
}

/** The same in a body, where the URN is a key: what the core itself has counts. */
function withRolesOfExtensions(
	type: ResourceType,
	value: Record<string, unknown>,
): Record<string, unknown> {
	const isUrn = (key: string) => /^urn:/i.test(key) && !sameName(key, `${type.schema.id}:roles`);
	if (!Object.keys(value).some(isUrn) || !resolve(type, { name: "roles" })) return value;
	const found: unknown[] = [];
	const rest = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
		if (!isUrn(key)) return [[key, item]];
		if (/:roles$/i.test(key)) {
			found.push(item);
			return [];
		}
		if (!isRecord(item) || field(item, "roles") === undefined) return [[key, item]];
		found.push(field(item, "roles"));
		const others = Object.entries(item).filter(([name]) => !sameName(name, "roles"));
		return others.length > 0 ? [[key, Object.fromEntries(others)]] : [];
	});
	const core = field(value, "roles");
	const isEmpty = Array.isArray(core) ? core.length === 0 : (core ?? "") === "";
	if (found.length === 0 || !isEmpty) return Object.fromEntries(rest);
	const others = rest.filter(([key]) => !sameName(key, "roles"));
	return Object.fromEntries([...others, ["roles", found[0]]]);
}

/**
 * What a key names. Entra writes flat keys, such as `name.givenName`, `urn:...:User:department` or
 * `emails[type eq "work"].value`; strictly, a key is an attribute or the URN of an extension.
 */
function pathOfKey(type: ResourceType, key: string, mode: Mode): Path | undefined {
	if (mode.strict && notInNames.test(key) && !extensionOf(type, key)) return undefined;
	return parseKey(key);
}

/** What makes a key more than the name of an attribute. */
const notInNames = /[.:[]/;

function parseKey(key: string): Path | undefined {
	try {
		return parsePath(key);
	} catch (error) {
		if (error instanceof ScimError) return undefined;
		throw error;
	}
}

const namesOf = ({ attribute, sub }: Path) =>
	sub === undefined ? attribute : { ...attribute, sub };

const changeOf = (path: Path, op: Op, value: unknown) => ({
	op,
	value,
	...(path.where ? { where: path.where } : {}),
});

function applyTarget(
	type: ResourceType,
	draft: Resource,
	target: Target,
	change: Change,
	mode: Mode,
): void {
	const { extension, attribute, sub } = target;
	if (extension && !attribute) {
		applyExtension(type, draft, extension, change, mode);
		return;
	}
	if (!attribute) return;
	const holder = extension ? recordIn(draft, extension.id) : draft;
	applyAttribute(holder, attribute, sub, change, mode);
	if (extension && Object.keys(holder).length === 0) delete draft[extension.id];
}

/** A whole extension as the target: each of its keys, or its removal. */
function applyExtension(
	type: ResourceType,
	draft: Resource,
	extension: Schema,
	change: Change,
	mode: Mode,
): void {
	const { op, value } = change;
	if (op === "remove" || value === null || (op === "replace" && mode.strict))
		delete draft[extension.id];
	if (op === "remove" || value === null) return;
	if (!isRecord(value)) throw badRequest("invalidValue", `${extension.id} must be an object.`);
	for (const [key, item] of Object.entries(value)) {
		// Some clients repeat `schemas` inside the extension.
		if (!mode.strict && sameName(key, "schemas")) continue;
		const isName = !mode.strict || !notInNames.test(key);
		const path = isName ? parseKey(`${extension.id}:${key}`) : undefined;
		const target = path && resolve(type, namesOf(path));
		if (!target?.attribute) ignoreUnknown(`${extension.id}:${key}`, mode);
		else applyTarget(type, draft, target, { op, value: item, asked: false }, mode);
	}
}

/** The value of a message's key in any letter case. */
export function field(body: Record<string, unknown>, name: string): unknown {
	const key = Object.keys(body).find((candidate) => sameName(candidate, name));
	return key === undefined ? undefined : body[key];
}

/**
 * Checks which message a body says it is. Several clients leave that out; strictly, nothing else
 * stands there.
 * @throws ScimError 400 invalidSyntax.
 */
export function checkMessage(schema: string, body: Record<string, unknown>, mode: Mode): void {
	const schemas = field(body, "schemas");
	if (!mode.strict && schemas === undefined) return;
	const named = Array.isArray(schemas) && schemas.includes(schema);
	if (!named || (mode.strict && schemas.some((item) => item !== schema)))
		throw badRequest("invalidSyntax", `schemas must be ["${schema}"].`);
}

/** @throws ScimError 400 invalidSyntax for a body of another type; strictly, for any other list. */
function checkSchemas(type: ResourceType, body: Record<string, unknown>, mode: Mode): void {
	const schemas = field(body, "schemas");
	if (!mode.strict && (schemas === undefined || schemas === null)) return;
	const core = type.schema.id;
	const listed: unknown[] = Array.isArray(schemas) ? schemas : [];
	const texts = listed.filter((item) => typeof item === "string");
	// OneLogin still names the core schema as it was before RFC 7643.
	const olderCore = "urn:scim:schemas:core:";
	const known = texts.some((text) =>
		mode.strict
			? sameName(text, core)
			: [core, olderCore].some((name) => foldName(text).startsWith(foldName(name))),
	);
	if (!known) throw badRequest("invalidSyntax", `schemas must be a list that holds "${core}".`);
	// Entra names schemas of its own beside ours.
	if (!mode.strict) return;
	const isOurs = (text: string) => sameName(text, core) || extensionOf(type, text) !== undefined;
	if (texts.length < listed.length || !texts.every(isOurs))
		throw badRequest("invalidSyntax", `schemas holds what is no schema of a ${type.name}.`);
	// Exactly those of what is sent, each once (RFC 7643 §3); null is as good as not sent (§2.5).
	const names = new Set(texts.map(foldName));
	const unnamed = Object.keys(body).find(
		(key) => body[key] !== null && extensionOf(type, key) && !names.has(foldName(key)),
	);
	if (names.size < texts.length) throw badRequest("invalidSyntax", "schemas names one twice.");
	if (unnamed !== undefined)
		throw badRequest("invalidSyntax", `schemas does not name "${unnamed}", which is sent.`);
}

/**
 * @param missing what a resource without an attribute it must have is refused as; a PATCH that takes
 * it away is `mutability` (RFC 7644 §3.5.2.2).
 * @throws ScimError 400; invalidValue for a text of blanks.
 */
export function checkRequired(type: ResourceType, resource: Resource, missing: ScimType): void {
	for (const { name, required } of type.schema.attributes) {
		const value = resource[name];
		if (required && (typeof value !== "string" || value.trim() === ""))
			throw badRequest(value === undefined ? missing : "invalidValue", `${name} is required.`);
	}
}
