/** The Group resource (RFC 7643 §4.2), with erratum 5368: a group has a name. */
import { list, type ResourceType, simple } from "./schema";

export const membersAttribute = list("members", "The people in the group.", [
	simple("value", "The id of the person.", { caseExact: true, mutability: "immutable" }),
	simple("$ref", "The address of the person.", {
		type: "reference",
		caseExact: true,
		mutability: "immutable",
		referenceTypes: ["User"],
	}),
	simple("type", "What the member is.", {
		mutability: "immutable",
		canonicalValues: ["User"],
	}),
	simple("display", "The name of the person.", { mutability: "readOnly" }),
]);

export const groupType: ResourceType = {
	name: "Group",
	endpoint: "/Groups",
	description: "Groups of people.",
	schema: {
		id: "urn:ietf:params:scim:schemas:core:2.0:Group",
		name: "Group",
		description: "A group of people.",
		attributes: [
			simple("displayName", "The name of the group; no two have the same.", {
				required: true,
				uniqueness: "server",
			}),
			membersAttribute,
		],
	},
	extensions: [],
};
