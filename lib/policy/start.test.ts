import { describe, expect, it } from "vitest";
import { type Policy, policySchema } from "./document";
import { defaultPolicy, type ProfileName, profiles } from "./profiles";
import { closestProfile, startingChanges } from "./start";

const names = Object.keys(profiles) as ProfileName[];

describe("starting rules", () => {
	it.each(names)("%s: lead from any other to themselves", (name) => {
		for (const other of names) {
			const before: Policy = { ...profiles[other].policy, pinned: [] };
			const after = policySchema.parse({ ...before, ...startingChanges(before, name) });
			expect(after).toEqual(profiles[name].policy);
			expect(closestProfile(after)).toBe(name);
		}
	});

	it("change nothing where they are in force", () => {
		for (const name of names) expect(startingChanges(profiles[name].policy, name)).toEqual({});
	});

	it("leave what belongs to the workspace's own people, groups and domains", () => {
		const own: Policy = {
			...defaultPolicy,
			mappings: { g: { role: "admin" } },
			managedHere: ["m"],
			allowedDomains: ["acme.test"],
		};
		const changes = startingChanges(own, "push");
		for (const field of ["mappings", "managedHere", "allowedDomains"])
			expect(changes).not.toHaveProperty(field);
	});

	it("leave what is pinned, and lift no pin", () => {
		const pinned: Policy = { ...defaultPolicy, pinned: ["enforceSso", "google"] };
		const changes = startingChanges(pinned, "customer");
		expect(changes).not.toHaveProperty("enforceSso");
		expect(changes).not.toHaveProperty("google");
		expect(changes).not.toHaveProperty("pinned");
		expect(startingChanges({ ...pinned, pinned: ["google"] }, "intelligence").pinned).toEqual([
			"google",
			"enforceSso",
		]);
	});
});
