/**
 * Where each attribute is kept: the allow-list that filters and sorting are compiled from. Nothing
 * of a client's text becomes SQL; a name finds an Attribute of the schema, and the Attribute finds
 * its column here. `u` is an entry of a person, `g` a group.
 */
import { type SQL, sql } from "drizzle-orm";
import { directoryGroupMembers, directoryGroups, directoryUsers } from "@/db/schema";
import type { DirectoryKey } from "@/lib/directory/directory";
import { everyone } from "@/lib/directory/unmanaged";
import { idPattern, isId } from "@/lib/platform/ids";
import { groupType } from "./group-schema";
import type { Attribute, ResourceType, Target } from "./schema";
import { userType } from "./user-schema";
import { booleanOf } from "./values";

/** A key is without blanks around it too (`foldKey`); a text is only without case (`foldText`). */
type Folding = "key" | "text" | null;

/** How one attribute is asked for. Every expression is null where the attribute has no value. */
export type Field =
	/**
	 * `folding`: how what is kept was folded, or null. `indexed`: an index finds an equal, or there is
	 * nothing to look at. `holds` asks for an equal where comparing `sql` itself does not. `binary` has
	 * no order.
	 */
	| {
			kind: "text";
			sql: SQL;
			folding: Folding;
			indexed: boolean;
			binary?: boolean;
			holds?: (value: unknown) => SQL;
	  }
	| { kind: "id"; sql: SQL }
	/** `indexed`: the values that an index finds. */
	| { kind: "boolean"; sql: SQL; indexed: boolean[]; holds?: (value: unknown) => SQL }
	| { kind: "date"; sql: SQL; indexed: boolean }
	/** A list: whether one of its elements satisfies a condition on its parts. */
	| {
			kind: "list";
			attribute: Attribute;
			exists: (where: SQL | undefined) => SQL;
			part: (part: Attribute) => Field;
			/** Asks for an element that has these parts, all of them folded; by index where `indexed`. */
			holds?: (parts: Record<string, unknown>) => SQL;
			indexed?: (parts: Record<string, unknown>) => boolean;
			/** What the list is sorted by: the primary element's part, else the first one's. */
			first?: (part: Attribute) => SQL;
	  }
	/** An object that can only be asked whether it is there. */
	| { kind: "object"; sql: SQL }
	/** The URNs of the schemas, each with the condition under which the resource has it. */
	| { kind: "schemas"; urns: { urn: string; present: SQL }[] };

/** A resource type as a table: where its rows are, and its fields. */
export type Source = {
	type: ResourceType;
	table: SQL;
	alias: SQL;
	field: (target: Target, base: string) => Field | undefined;
};

const text = (expression: SQL, folding: Folding, indexed = false): Field => ({
	kind: "text",
	sql: expression,
	folding,
	indexed,
});

/** Whether an index finds the rows of which a field equals a value. */
export function hasIndex(field: Field, value: unknown): boolean {
	switch (field.kind) {
		case "id":
			return true;
		case "text":
		case "date":
			return field.indexed;
		case "boolean":
			return field.indexed.some((found) => found === booleanOf(value));
		default:
			return false;
	}
}

/** What both types have (RFC 7643 §3.1). */
function commonField(
	type: ResourceType,
	alias: SQL,
	{ attribute, sub }: Target,
	base: string,
): Field | undefined {
	if (attribute?.name === "id") return { kind: "id", sql: sql`${alias}.id` };
	if (attribute?.name === "externalId") return text(sql`${alias}.external_id`, null, true);
	if (attribute?.name !== "meta") return undefined;
	switch (sub?.name) {
		case "created":
			return { kind: "date", sql: sql`${alias}.created_at`, indexed: true };
		case "lastModified":
			return { kind: "date", sql: sql`${alias}.last_modified_at`, indexed: type === userType };
		case "resourceType":
			return text(sql`${type.name}::text`, null, true);
		case "location":
			return text(sql`(${`${base}${type.endpoint}/`}::text || ${alias}.id::text)`, null);
		case "version":
			return text(sql`('W/"' || ${alias}.version::text || '"')`, null);
		default:
			return { kind: "object", sql: sql`${alias}.id` };
	}
}

const userSource: Source = {
	type: userType,
	table: sql`${directoryUsers} u`,
	alias: sql`u`,
	field(target, base) {
		const { extension, attribute, sub } = target;
		if (extension && !attribute)
			return { kind: "object", sql: sql`u.search -> ${extension.id.toLowerCase()}::text` };
		if (!attribute || attribute.returned === "never") return undefined;
		if (!extension) {
			if (attribute.name === "schemas") return schemasOfUsers();
			if (attribute.name === "userName") return text(sql`u.user_name_key`, "key", true);
			if (attribute.name === "active")
				return { kind: "boolean", sql: sql`u.active`, indexed: [false] };
			if (attribute.name === "groups") return groupsOfUser(base, attribute);
			const common = commonField(userType, sql`u`, target, base);
			if (common) return common;
		}
		const path = extension ? [extension.id, attribute.name] : [attribute.name];
		if (attribute.name === "manager" && sub?.name === "$ref") return managersAddress(path, base);
		if (attribute.multiValued) return jsonList(path, attribute);
		if (sub) return jsonField([...path, sub.name], sub);
		if (attribute.type !== "complex") return jsonField(path, attribute);
		return { kind: "object", sql: at("search", path) };
	},
};

/** People as this directory is shown them: those it manages, or every member of the workspace. */
export const usersShown = (directory: DirectoryKey, showsEveryone: boolean): Source =>
	showsEveryone
		? {
				...userSource,
				table: sql`${everyone(directory)} u`,
				field: (target, base) => ofEveryone(userSource.field(target, base), target),
			}
		: userSource;

/**
 * What somebody unmanaged is compared by is put together while they are read, where no index looks.
 * Their row has one for the address, though, which is their userName and the only one of `emails`:
 * who equals by those has that address.
 */
function ofEveryone(field: Field | undefined, { extension, attribute }: Target): Field | undefined {
	const name = extension ? undefined : attribute?.name;
	switch (field?.kind) {
		case "text": {
			if (name === "externalId") return field;
			if (name !== "userName") return { ...field, indexed: false };
			return {
				...field,
				holds: (value: unknown) => sql`(${field.sql} = ${value} and ${mayBe(value)})`,
			};
		}
		case "boolean":
			return { ...field, indexed: [] };
		case "list": {
			const { holds } = field;
			if (!holds) return field;
			if (name !== "emails") return { ...field, indexed: () => false };
			return {
				...field,
				holds: (parts: Record<string, unknown>) =>
					"value" in parts ? sql`(${holds(parts)} and ${mayBe(parts.value)})` : holds(parts),
				indexed: (parts: Record<string, unknown>) => "value" in parts,
			};
		}
		default:
			return field;
	}
}

/** Whom a userName or an address may name: an entry, or the member whose address or id it is. */
function mayBe(value: unknown): SQL {
	const isTheirId = isId(String(value)) ? sql` or u.id = ${value}::uuid` : sql``;
	return sql`(u.managed or u.address = ${value}${isTheirId})`;
}

export const groupSource: Source = {
	type: groupType,
	table: sql`${directoryGroups} g`,
	alias: sql`g`,
	field(target, base) {
		const { attribute } = target;
		if (attribute?.name === "displayName") return text(sql`g.name_key`, "key", true);
		if (attribute?.name === "members") return membersOfGroup(base, attribute);
		if (attribute?.name === "schemas")
			return { kind: "schemas", urns: [{ urn: groupType.schema.id, present: sql`true` }] };
		return commonField(groupType, sql`g`, target, base);
	},
};

function schemasOfUsers(): Field {
	const extensions = userType.extensions.map(({ id }) => ({
		urn: id,
		present: sql`(u.search -> ${id.toLowerCase()}::text) is not null`,
	}));
	return {
		kind: "schemas",
		urns: [{ urn: userType.schema.id, present: sql`true` }, ...extensions],
	};
}

/** The two copies of an entry's attributes: as sent, and for comparing, where all is folded. */
const at = (copy: "search" | "resource", path: string[]): SQL => {
	const keys = copy === "search" ? path.map((key) => key.toLowerCase()) : path;
	return sql`(u.${sql.raw(copy)} #> ${`{${keys.map((key) => `"${key}"`).join(",")}}`}::text[])`;
};

const asText = (json: SQL): SQL => sql`(${json} #>> '{}')`;

function jsonField(path: string[], attribute: Attribute): Field {
	if (attribute.caseExact) return text(asText(at("resource", path)), null);
	const holds = (value: unknown) => {
		const nested = path.reduceRight((inner, key) => ({ [key.toLowerCase()]: inner }), value);
		return sql`u.search @> ${JSON.stringify(nested)}::jsonb`;
	};
	const expression = asText(at("search", path));
	return attribute.type === "boolean"
		? { kind: "boolean", sql: sql`(${expression} = 'true')`, indexed: [true, false], holds }
		: { kind: "text", sql: expression, folding: "text", indexed: true, holds };
}

/** As ./resources answers it: made from the id where that can be one of ours, else as sent. */
function managersAddress(path: string[], base: string): Field {
	const part = (name: string) => asText(at("resource", [...path, name]));
	const isOurs = sql`${part("value")} ~ ${idPattern.source}::text`;
	const address = sql`${`${base}/Users/`}::text || ${part("value")}`;
	return text(sql`(case when ${isOurs} then ${address} else ${part("$ref")} end)`, null);
}

/** A list in the attributes. `e` is an element folded, `r` the same as sent. */
function jsonList(path: string[], attribute: Attribute): Field {
	const list = (copy: "search" | "resource") => {
		const value = at(copy, path);
		return sql`jsonb_array_elements(case when jsonb_typeof(${value}) = 'array' then ${value} else '[]'::jsonb end)`;
	};
	const elements = sql`rows from (${list("search")}, ${list("resource")}) as element (e, r)`;
	const part = ({ name, type, caseExact }: Attribute): Field => {
		if (type === "boolean")
			return { kind: "boolean", sql: sql`((e ->> ${name}::text) = 'true')`, indexed: [] };
		if (caseExact)
			return {
				kind: "text",
				sql: sql`(r ->> ${name}::text)`,
				folding: null,
				indexed: false,
				binary: type === "binary",
			};
		return text(sql`(e ->> ${name.toLowerCase()}::text)`, "text");
	};
	return {
		kind: "list",
		attribute,
		exists: (where) =>
			sql`exists (select 1 from ${elements} ${where ? sql`where ${where}` : sql``})`,
		part,
		holds: (parts) => {
			const keys = path.map((key) => key.toLowerCase());
			const nested = keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), [parts]);
			return sql`u.search @> ${JSON.stringify(nested)}::jsonb`;
		},
		indexed: () => true,
		first: (of) =>
			sql`(select ${(part(of) as { sql: SQL }).sql}::text from ${elements} order by (e ->> 'primary') = 'true' desc nulls last limit 1)`,
	};
}

/** The groups of a person, by the rows of membership. */
function groupsOfUser(base: string, attribute: Attribute): Field {
	const from = sql`${directoryGroupMembers} m join ${directoryGroups} mg on mg.workspace_id = m.workspace_id and mg.directory_id = m.directory_id and mg.id = m.group_id where m.workspace_id = u.workspace_id and m.directory_id = u.directory_id and m.user_id = u.id`;
	return {
		kind: "list",
		attribute,
		exists: (where) => sql`exists (select 1 from ${from} ${where ? sql`and ${where}` : sql``})`,
		part: ({ name }) => {
			if (name === "value") return { kind: "id", sql: sql`m.group_id` };
			if (name === "display") return text(sql`mg.name_key`, "key");
			if (name === "type") return text(sql`'direct'::text`, "text");
			return text(sql`(${`${base}/Groups/`}::text || m.group_id::text)`, null);
		},
		first: () => sql`(select min(mg.name_key collate "C") from ${from})`,
	};
}

/** The members of a group: `m` is the membership and `mu` the person, here and in ./members-where. */
function membersOfGroup(base: string, attribute: Attribute): Extract<Field, { kind: "list" }> {
	const from = sql`${directoryGroupMembers} m join ${directoryUsers} mu on mu.workspace_id = m.workspace_id and mu.directory_id = m.directory_id and mu.id = m.user_id where m.workspace_id = g.workspace_id and m.directory_id = g.directory_id and m.group_id = g.id`;
	return {
		kind: "list",
		attribute,
		exists: (where) => sql`exists (select 1 from ${from} ${where ? sql`and ${where}` : sql``})`,
		part: ({ name }) => {
			if (name === "value") return { kind: "id", sql: sql`m.user_id` };
			if (name === "display")
				return text(sql`coalesce(mu.search ->> 'displayname', mu.search ->> 'username')`, "text");
			if (name === "type") return text(sql`'user'::text`, "text");
			return text(sql`(${`${base}/Users/`}::text || m.user_id::text)`, null);
		},
		// None of the members is the first, and there may be 50,000.
	};
}

/** The list of members, to ask parts of it. */
export function membersField(base: string): Extract<Field, { kind: "list" }> {
	const attribute = groupType.schema.attributes.find(({ name }) => name === "members");
	if (!attribute) throw new Error("groups have members");
	return membersOfGroup(base, attribute);
}
