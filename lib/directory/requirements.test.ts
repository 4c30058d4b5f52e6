import { describe, expect, it } from "vitest";
import { defaultPolicy, profiles } from "@/lib/policy/profiles";
import { roleToSend, unfit } from "./requirements";

const role = (key: string, name: string, rank: number) => ({ key, name, rank, permissions: [] });
const roles = [
	role("viewer", "Viewer", 100),
	role("admin", "Admin", 300),
	role("normal_user", "Normal User", 150),
];
const push = profiles.push.policy;
const full = { userName: "b", emails: [{ value: "b@acme.test" }], roles: ["Admin"] };

describe("what a person must carry", () => {
	it("is nothing by default, not even a known role", () => {
		expect(unfit(defaultPolicy, roles, null, { userName: "b", roles: ["Owner"] })).toBeNull();
	});

	it.each([
		["emails", { ...full, emails: undefined }],
		["emails", { ...full, emails: [{ value: "" }] }],
		["roles", { ...full, roles: undefined }],
		["roles", { ...full, roles: [] }],
		["roles", { ...full, roles: [{ value: " " }] }],
	])("names %s where it is missing, for somebody new and for somebody who had it", (name, sent) => {
		const detail = name === "roles" ? "roles (there are: Admin, Normal User, Viewer)" : name;
		const missing = { ok: false, reason: "attribute_missing", detail };
		expect(unfit(push, roles, null, sent)).toEqual(missing);
		expect(unfit(push, roles, full, sent)).toEqual(missing);
	});

	it("never stands against somebody who lacked it before", () => {
		expect(unfit(push, roles, { userName: "b" }, { userName: "b", active: false })).toBeNull();
	});

	it.each([
		["displayName", { displayName: "B" }],
		["name.givenName", { name: { givenName: "B" } }],
		["name.familyName", { name: { familyName: "B" } }],
		["externalId", { externalId: "7" }],
	] as const)("can be %s", (name, sent) => {
		const policy = { ...defaultPolicy, directoryRequires: [name] };
		expect(unfit(policy, roles, null, { userName: "b" })?.detail).toBe(name);
		expect(unfit(policy, roles, null, { userName: "b", ...sent })).toBeNull();
	});
});

describe("role names", () => {
	it.each(["Admin", "aDMIN", "NormalUser", "normal user", "viewer"])("knows %s", (name) => {
		expect(unfit(push, roles, null, { ...full, roles: [{ value: name }] })).toBeNull();
	});

	it("refuses one there is not, and says which there are", () => {
		expect(unfit(push, roles, full, { ...full, roles: ["Admin", "Owner"] })).toEqual({
			ok: false,
			reason: "role_unknown",
			detail: '"Owner" is no role of this workspace. There are: Admin, Normal User, Viewer',
		});
	});

	it("leaves a name that was sent before a role was renamed", () => {
		const before = { ...full, roles: ["Owner"] };
		expect(unfit(push, roles, before, { ...before, active: false })).toBeNull();
	});
});

describe("the role to send on trial", () => {
	const asks = (policy: Partial<typeof push>) => roleToSend({ ...defaultPolicy, ...policy }, roles);

	it("is none where the policy neither reads nor asks for one", () => {
		expect(asks({ rolesFrom: "groups", directoryRequires: [] })).toBeNull();
	});

	it.each([
		["asked for and not read", { rolesFrom: "groups", directoryRequires: ["roles"] }],
		["read and not asked for", { rolesFrom: "attribute", directoryRequires: [] }],
	] as const)("is the lowest where it is %s", (_, policy) => {
		expect(asks({ ...policy, directoryRequires: [...policy.directoryRequires] })).toBe("Viewer");
	});

	it("is one that the attribute may give, if it may give any", () => {
		const policy = { rolesFrom: "attribute" } as const;
		expect(asks({ ...policy, attributeMayGrant: ["normal_user"] })).toBe("Normal User");
		expect(asks({ ...policy, attributeMayGrant: [] })).toBe("Viewer");
	});

	it("is one the policy takes", () => {
		const role = roleToSend(push, roles);
		expect(unfit(push, roles, null, { ...full, roles: [{ value: role }] })).toBeNull();
	});
});
