/**
 * What this service says of itself (RFC 7644 §4, RFC 7643 §5 to §7): exactly what it does, neither
 * more nor less. Pure.
 */

import { cursorTimeout } from "./cursor";
import { ScimError } from "./errors";
import { groupType } from "./group-schema";
import { maxOperations } from "./patch";
import {
	type Attribute,
	commonAttributes,
	type ResourceType,
	type Schema,
	sameName,
} from "./schema";
import { userType } from "./user-schema";

const listSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/**
 * What a directory is served: groups only where the workspace takes them, all kinds where strict, and
 * as required what its policy requires of every user, by names such as `name.givenName`.
 */
export type Served = { groups: boolean; strict: boolean; requires: readonly string[] };

const resourceTypes = ({ groups }: Served): ResourceType[] =>
	groups ? [userType, groupType] : [userType];

/** A ListResponse (RFC 7644 §3.4.2). @param total how many there are on all pages. */
export function listResponse(resources: unknown[], total: number, startIndex?: number) {
	return {
		schemas: [listSchema],
		totalResults: total,
		...(startIndex === undefined ? {} : { startIndex }),
		itemsPerPage: resources.length,
		Resources: resources,
	};
}

/** The capabilities (RFC 7643 §5). */
export function serviceProviderConfig(
	base: string,
	limits: { maxResults: number; defaultCount: number; maxBody: number },
	{ strict }: { strict: boolean },
) {
	return {
		schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
		patch: { supported: true },
		// authentik sizes its PATCH requests by these numbers too.
		bulk: { supported: true, maxOperations, maxPayloadSize: limits.maxBody },
		filter: { supported: true, maxResults: limits.maxResults },
		changePassword: { supported: false },
		sort: { supported: true },
		etag: { supported: true },
		// Only a strict directory refuses what draft-zollner-scim-interop-profile-01 has refused.
		...(strict ? { interopProfileConformant: true } : {}),
		pagination: {
			cursor: true,
			index: true,
			defaultPaginationMethod: "index",
			defaultPageSize: limits.defaultCount,
			maxPageSize: limits.maxResults,
			cursorTimeout,
		},
		authenticationSchemes: [
			{
				type: "oauthbearertoken",
				name: "Bearer token",
				description: "A token made under Workspace > SSO > Directory Sync.",
				specUri: "https://datatracker.ietf.org/doc/html/rfc6750",
				primary: true,
			},
		],
		meta: {
			resourceType: "ServiceProviderConfig",
			location: `${base}/ServiceProviderConfig`,
		},
	};
}

/** The resource types, or the one of a name. @throws ScimError 404. */
export function listResourceTypes(base: string, served: Served) {
	return listed(resourceTypes(served).map((type) => presentType(base, type)));
}

export function findResourceType(base: string, name: string, served: Served) {
	const type = resourceTypes(served).find((candidate) => candidate.name === name);
	if (!type) throw new ScimError(404, undefined, `There is no resource type "${name}".`);
	return presentType(base, type);
}

/** The schemas, or the one of a URN. @throws ScimError 404. */
export function listSchemas(base: string, served: Served) {
	return listed(schemasOf(served).map((schema) => presentSchema(base, schema, served)));
}

export function findSchema(base: string, urn: string, served: Served) {
	const schema = schemasOf(served).find((candidate) => sameName(candidate.id, urn));
	if (!schema) throw new ScimError(404, undefined, `There is no schema "${urn}".`);
	return presentSchema(base, schema, served);
}

/** Discovery is not searched: a filter there is 403 (RFC 7644 §4). */
export function refuseFilter(params: URLSearchParams): void {
	if (params.has("filter"))
		throw new ScimError(403, undefined, "Filters are not supported on this endpoint.");
}

const schemasOf = (served: Served): Schema[] =>
	resourceTypes(served).flatMap((type) => [type.schema, ...type.extensions]);

const listed = (resources: unknown[]) => listResponse(resources, resources.length, 1);

function presentType(base: string, type: ResourceType) {
	return {
		schemas: ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
		id: type.name,
		name: type.name,
		endpoint: type.endpoint,
		description: type.description,
		schema: type.schema.id,
		schemaExtensions: type.extensions.map(({ id }) => ({ schema: id, required: false })),
		meta: { resourceType: "ResourceType", location: `${base}/ResourceTypes/${type.name}` },
	};
}

function presentSchema(
	base: string,
	{ id, name, description, attributes }: Schema,
	served: Served,
) {
	const requires = id === userType.schema.id ? served.requires : [];
	// No schema lists what every resource has (RFC 7643 §3.1), unless there is more to say of it.
	const common = commonAttributes.filter((attribute) => requires.includes(attribute.name));
	return {
		schemas: ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
		id,
		name,
		description,
		attributes: [...common, ...attributes].map((attribute) =>
			presentAttribute(attribute, { ...served, requires }),
		),
		meta: { resourceType: "Schema", location: `${base}/Schemas/${id}` },
	};
}

/** Characteristics that only make sense for other types are left out (RFC 7643 §7). */
function presentAttribute(attribute: Attribute, served: Served, path = attribute.name): unknown {
	const { subAttributes, caseExact, uniqueness, strictValues, ...rest } = attribute;
	const plain = attribute.type === "complex" || attribute.type === "boolean";
	// Who must have a part must have what it is a part of.
	const isAsked = served.requires.some((name) => name === path || name.startsWith(`${path}.`));
	return {
		...rest,
		required: attribute.required || isAsked,
		...(plain ? {} : { caseExact, uniqueness }),
		...(served.strict && strictValues ? { canonicalValues: strictValues } : {}),
		...(subAttributes
			? {
					subAttributes: subAttributes.map((part) =>
						presentAttribute(part, served, `${path}.${part.name}`),
					),
				}
			: {}),
	};
}
