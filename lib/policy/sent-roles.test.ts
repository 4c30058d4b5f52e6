import { describe, expect, it } from "vitest";
import { sentRoles } from "./sent-roles";

describe("the roles attribute", () => {
	it.each([
		["a text", "Admin", ["Admin"]],
		["texts", ["Admin", " Data "], ["Admin", "Data"]],
		["objects", [{ value: "Admin", primary: true }, { display: "no value" }], ["Admin"]],
		["Entra's JSON in a value", [{ value: '{"id":"8","value":"Admin"}' }], ["Admin"]],
		["JSON without a value", ['{"id":"8"}'], ['{"id":"8"}']],
		["what is no JSON", ["{admin"], ["{admin"]],
		["emptiness", ["", "  ", null, 5, [], {}, { value: "" }], []],
		["nothing", undefined, []],
	])("reads %s", (_, sent, roles) => {
		expect(sentRoles(sent)).toEqual(roles);
	});
});
