import { describe, expect, test } from "vitest";
import { listSchemas } from "./discovery";
import type { Attribute } from "./schema";

/** The kinds that the lists of /Schemas declare, by the list's name. */
function kinds(strict: boolean): Record<string, string[] | undefined> {
	const { Resources } = listSchemas("https://x", { groups: true, strict, requires: [] });
	const attributes = (Resources as { attributes: Attribute[] }[]).flatMap(
		(schema) => schema.attributes,
	);
	const lists = attributes.filter(({ multiValued }) => multiValued);
	return Object.fromEntries(
		lists.flatMap(({ name, subAttributes = [] }) =>
			subAttributes
				.filter((part) => part.name === "type")
				.map((part) => [name, part.canonicalValues]),
		),
	);
}

describe("/Schemas", () => {
	const always = {
		emails: ["work", "home", "other"],
		phoneNumbers: ["work", "home", "mobile", "fax", "pager", "other"],
		photos: ["photo", "thumbnail"],
		addresses: ["work", "home", "other"],
		members: ["User"],
	};

	test("declares of every list which kinds it knows where the directory is strict", () => {
		expect(kinds(true)).toEqual({
			...always,
			ims: ["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"],
			groups: ["direct"],
			entitlements: ["work", "home", "other"],
			roles: ["work", "home", "other"],
			x509Certificates: ["work", "home", "other"],
		});
	});

	test("leaves the kinds of some lists open otherwise", () => {
		const undeclared = ["ims", "groups", "entitlements", "roles", "x509Certificates"];
		expect(kinds(false)).toEqual({
			...always,
			...Object.fromEntries(undeclared.map((name) => [name, undefined])),
		});
	});

	test("shows nothing of how it decides", () => {
		expect(
			JSON.stringify(listSchemas("https://x", { groups: true, strict: false, requires: [] })),
		).not.toContain("strict");
	});
});
