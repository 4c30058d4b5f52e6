import { describe, expect, it } from "vitest";
import { hideSecrets, longestBody, type RequestEntry, rowOf } from "./request-log";

const entry = (more: Partial<RequestEntry>): RequestEntry => ({
	directory: { workspaceId: "w", id: "d" },
	tokenName: "Okta",
	at: new Date(),
	method: "POST",
	path: "/Users",
	status: 201,
	milliseconds: 4.4,
	address: null,
	userAgent: null,
	ifMatch: null,
	requestBody: null,
	responseBody: null,
	target: null,
	changed: [],
	notes: [],
	...more,
});

describe("a secret in a body", () => {
	it.each([
		["an attribute", { userName: "a", password: "hunter2" }],
		["in another case", { Password: "hunter2" }],
		["an extension's", { "urn:x:User": { clientSecret: "hunter2" } }],
		["a dotted key", { "urn:ietf:params:scim:schemas:core:2.0:User:password": "hunter2" }],
		[
			"an operation's value",
			{ Operations: [{ op: "replace", path: "password", value: "hunter2" }] },
		],
		["its value as an object", { Operations: [{ Path: "password", Value: { a: "hunter2" } }] }],
		["a pathless operation's", { Operations: [{ op: "add", value: { password: ["hunter2"] } }] }],
		["one inside a Bulk", { Operations: [{ method: "POST", data: { password: "hunter2" } }] }],
	])("is hidden: %s", (_, body) => {
		const { text, redacted } = hideSecrets(JSON.stringify(body));
		expect(text).not.toContain("hunter2");
		expect(redacted).toBe(true);
	});

	it("takes the whole body where nobody can tell which part it is", () => {
		expect(hideSecrets('{"password": "hunter2"').text).toBe("[hidden]");
		const nested = `${'{"a":'.repeat(60)}{"password":"hunter2"}${"}".repeat(60)}`;
		expect(hideSecrets(nested).text).not.toContain("hunter2");
	});

	it("leaves every other body as it was sent, letter by letter", () => {
		const sent = '{ "userName":"a",\n"active" : true }';
		expect(hideSecrets(sent)).toEqual({ text: sent, redacted: false });
		expect(hideSecrets('{"password":null}')).toEqual({
			text: '{"password":null}',
			redacted: false,
		});
	});
});

describe("a row of the log", () => {
	it("cuts a long body and says so", () => {
		const row = rowOf(entry({ requestBody: `"${"x".repeat(longestBody)}"` }));
		expect(row.requestBody).toHaveLength(longestBody);
		expect(row).toMatchObject({ cut: true, redacted: false });
		expect(rowOf(entry({ responseBody: "x".repeat(longestBody + 1) })).cut).toBe(false);
	});

	it("holds nothing a database cannot keep", () => {
		const row = rowOf(entry({ path: "/Users/a\0b", requestBody: "\0", notes: ["\0"] }));
		expect(JSON.stringify(row)).not.toContain("\\u0000");
	});
});
