/**
 * The User resource: the core schema (RFC 7643 §4.1) and the enterprise extension (§4.3), with the
 * published errata. What is listed here is what /Schemas shows, what is stored and what PATCH may
 * reach: one table for all three.
 */
import { complex, list, type ResourceType, type Schema, simple } from "./schema";

const value = (description: string) => simple("value", description);
const display = simple("display", "A name for people to read.");
const type = (description: string, canonicalValues: string[]) =>
	simple("type", description, { canonicalValues });
/**
 * A kind whose values only a strict directory declares, as the interop profile asks. Clients that
 * try a service out write any text there, and others would offer nothing beside the list.
 */
const openType = (description: string, strictValues: string[]) =>
	simple("type", description, { strictValues });
// RFC 7643 §4.1.2 names none for these lists: what it names for emails is what a client has at hand.
const usualKinds = ["work", "home", "other"];
const primary = simple("primary", "Whether this is the preferred one; true at most once.", {
	type: "boolean",
});

const userSchema: Schema = {
	id: "urn:ietf:params:scim:schemas:core:2.0:User",
	name: "User",
	description: "A person.",
	attributes: [
		simple("userName", "The name the identity provider knows the person by.", {
			required: true,
			uniqueness: "server",
		}),
		complex("name", "The parts of the person's name.", [
			simple("formatted", "The full name."),
			simple("familyName", "The family name."),
			simple("givenName", "The given name."),
			simple("middleName", "The middle names."),
			simple("honorificPrefix", "What stands before the name, such as Dr."),
			simple("honorificSuffix", "What stands behind the name, such as III."),
		]),
		simple("displayName", "The name shown to others."),
		simple("nickName", "The casual way to address the person."),
		simple("profileUrl", "The address of a page about the person.", {
			type: "reference",
			caseExact: true,
			referenceTypes: ["external"],
		}),
		simple("title", "The person's title, such as Vice President."),
		simple("userType", "How the person relates to the organization."),
		simple("preferredLanguage", "The preferred language, as in Accept-Language."),
		simple("locale", "The locale, such as en-US."),
		simple("timezone", "The time zone, such as Europe/Berlin."),
		simple("active", "Whether the person may sign in.", { type: "boolean" }),
		simple("password", "Accepted and discarded; never kept, never returned.", {
			caseExact: true,
			mutability: "writeOnly",
			returned: "never",
		}),
		list("emails", "Email addresses; the primary one is the member's.", [
			// One of them is the member's, and no two members have the same.
			simple("value", "The address.", { uniqueness: "server" }),
			display,
			type("What it is for.", ["work", "home", "other"]),
			primary,
		]),
		list("phoneNumbers", "Phone numbers, kept as sent.", [
			value("The number."),
			display,
			type("What it is for.", ["work", "home", "mobile", "fax", "pager", "other"]),
			primary,
		]),
		list("ims", "Instant messaging addresses.", [
			value("The address."),
			display,
			openType("The service.", ["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"]),
			primary,
		]),
		list("photos", "Addresses of photos. They are kept as text and never fetched.", [
			simple("value", "The address.", {
				type: "reference",
				caseExact: true,
				referenceTypes: ["external"],
			}),
			display,
			type("The size.", ["photo", "thumbnail"]),
			primary,
		]),
		list("addresses", "Postal addresses.", [
			simple("formatted", "The whole address."),
			simple("streetAddress", "Street and number."),
			simple("locality", "City."),
			simple("region", "State or region."),
			simple("postalCode", "Postal code."),
			simple("country", "Country, as a two-letter code."),
			type("What it is for.", ["work", "home", "other"]),
			// RFC 7643 §4.1.2 lists no primary here, §2.4 allows it, and JumpCloud and Entra send it.
			primary,
		]),
		list(
			"groups",
			"The groups the person is in; written by changing the group.",
			[
				simple("value", "The group's id.", { caseExact: true, mutability: "readOnly" }),
				simple("$ref", "The group's address.", {
					type: "reference",
					caseExact: true,
					mutability: "readOnly",
					referenceTypes: ["Group"],
				}),
				simple("display", "The group's name.", { mutability: "readOnly" }),
				simple("type", "How the person belongs to it.", {
					mutability: "readOnly",
					strictValues: ["direct"],
				}),
			],
			{ mutability: "readOnly" },
		),
		list("entitlements", "Things the person has.", [
			value("The entitlement."),
			display,
			openType("Its kind.", usualKinds),
			primary,
		]),
		list("roles", "Who the person is at the organization.", [
			value("The role."),
			display,
			openType("Its kind.", usualKinds),
			primary,
		]),
		list("x509Certificates", "Certificates, in base64.", [
			simple("value", "The certificate.", { type: "binary", caseExact: true }),
			display,
			openType("Its kind.", usualKinds),
			primary,
		]),
	],
};

export const enterpriseSchema: Schema = {
	id: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
	name: "EnterpriseUser",
	description: "A person at an organization.",
	attributes: [
		simple("employeeNumber", "The number the organization gave the person."),
		simple("costCenter", "The cost center."),
		simple("organization", "The organization."),
		simple("division", "The division."),
		simple("department", "The department."),
		complex("manager", "The person's manager.", [
			simple("value", "The manager's id.", { caseExact: true }),
			simple(
				"$ref",
				"The manager's address; this service's own where the id is of a person here.",
				{
					type: "reference",
					caseExact: true,
					referenceTypes: ["User"],
				},
			),
		]),
	],
};

export const userType: ResourceType = {
	name: "User",
	endpoint: "/Users",
	description: "People.",
	schema: userSchema,
	extensions: [enterpriseSchema],
};
