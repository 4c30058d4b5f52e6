import { expect, test } from "vitest";
import type { ListedRequest } from "@/lib/directory/request-list";
import { changedNames, isDeletion, readablePath } from "./words";

const logged = (more: Partial<ListedRequest>) => more as ListedRequest;

test("a path is read without its encoding, or as it came", () => {
	const path = "/Users?filter=userName+eq%20%22zoe%40acme.test%22";
	expect(readablePath(logged({ path }))).toBe('/Users?filter=userName eq "zoe@acme.test"');
	expect(readablePath(logged({ path: "/Users?filter=%E0%A4%A" }))).toBe("/Users?filter=%E0%A4%A");
});

test("what changed is named, an extension by its short name", () => {
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
	expect(changedNames(logged({ changed: ["active", enterprise] }))).toBe("active, enterprise");
	expect(isDeletion(logged({ method: "DELETE", status: 204 }))).toBe(true);
	expect(isDeletion(logged({ method: "DELETE", status: 404 }))).toBe(false);
});
