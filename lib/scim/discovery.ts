/**
 * What this service says of itself (RFC 7644 §4, RFC 7643 §5 to §7): exactly what it does, neither
 * more nor less. Pure.
 */
import { ScimError } from "./errors";
import { maxOperations } from "./patch";
import type { Attribute, ResourceType, Schema } from "./schema";
import { userType } from "./user-schema";

const listSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/** The resource types that are served. */
const resourceTypes: ResourceType[] = [userType];

/** A ListResponse (RFC 7644 §3.4.2). @param total how many there are on all pages. */
export function listResponse(resources: unknown[], total: number, startIndex: number) {
	return {
		schemas: [listSchema],
		totalResults: total,
		startIndex,
		itemsPerPage: resources.length,
		Resources: resources,
	};
}

/** The capabilities (RFC 7643 §5). */
export function serviceProviderConfig(
	base: string,
	limits: { maxResults: number; maxBody: number },
) {
	return {
		schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
		patch: { supported: true },
		// The numbers are required even so, and authentik sizes its PATCH requests by them.
		bulk: { supported: false, maxOperations, maxPayloadSize: limits.maxBody },
		filter: { supported: true, maxResults: limits.maxResults },
		changePassword: { supported: false },
		sort: { supported: false },
		etag: { supported: true },
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
export function listResourceTypes(base: string) {
	return listed(resourceTypes.map((type) => presentType(base, type)));
}

export function findResourceType(base: string, name: string) {
	const type = resourceTypes.find((candidate) => candidate.name === name);
	if (!type) throw new ScimError(404, undefined, `There is no resource type "${name}".`);
	return presentType(base, type);
}

/** The schemas, or the one of a URN. @throws ScimError 404. */
export function listSchemas(base: string) {
	return listed(schemas().map((schema) => presentSchema(base, schema)));
}

export function findSchema(base: string, urn: string) {
	const schema = schemas().find((candidate) => candidate.id === urn);
	if (!schema) throw new ScimError(404, undefined, `There is no schema "${urn}".`);
	return presentSchema(base, schema);
}

/** Discovery is not searched: a filter there is 403 (RFC 7644 §4). */
export function refuseFilter(params: URLSearchParams): void {
	if (params.has("filter"))
		throw new ScimError(403, undefined, "Filters are not supported on this endpoint.");
}

const schemas = (): Schema[] => resourceTypes.flatMap((type) => [type.schema, ...type.extensions]);

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

function presentSchema(base: string, { id, name, description, attributes }: Schema) {
	return {
		schemas: ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
		id,
		name,
		description,
		attributes: attributes.map(presentAttribute),
		meta: { resourceType: "Schema", location: `${base}/Schemas/${id}` },
	};
}

/** Characteristics that only make sense for other types are left out (RFC 7643 §7). */
function presentAttribute(attribute: Attribute): unknown {
	const { subAttributes, caseExact, uniqueness, ...rest } = attribute;
	const plain = attribute.type === "complex" || attribute.type === "boolean";
	return {
		...rest,
		...(plain ? {} : { caseExact, uniqueness }),
		...(subAttributes ? { subAttributes: subAttributes.map(presentAttribute) } : {}),
	};
}
