import { describe, expect, test } from "vitest";
import type { Policy } from "./document";
import { defaultPolicy } from "./profiles";
import { adminsStanding, isWorse, type WaysInFacts, waysIn } from "./ways-in";

const now = new Date("2026-03-01T10:00:00Z");
const sso = { ssoInPlan: true, ssoActive: true };
const policy = (changes: Partial<Policy> = {}): Policy => ({ ...defaultPolicy, ...changes });
const admin = (holds: Partial<WaysInFacts["holds"]>, rest: Partial<WaysInFacts> = {}) => ({
	holds: { password: false, google: false, sso: false, ...holds },
	domain: "acme.test",
	inDirectory: false,
	removed: false,
	...rest,
});
const every = admin({ password: true, google: true, sso: true });

describe("a way in", () => {
	test.each<[string, Partial<Policy>, WaysInFacts, string[]]>([
		["nothing held opens nothing", {}, admin({}), []],
		["Google counts while the policy allows it", {}, every, ["password", "sso"]],
		["beside the password", { google: "beside" }, every, ["password", "google", "sso"]],
		["or in its place", { google: "replacesPassword" }, every, ["google", "sso"]],
		["a password is closed where SSO is enforced", { enforceSso: { mode: "on" } }, every, ["sso"]],
		[
			"an address out of the allowed domains",
			{ allowedDomains: ["other.test"] },
			every,
			["password"],
		],
		["nobody the directory must have first", { requireProvisioning: "on" }, every, ["password"]],
		[
			"whom the directory has",
			{ requireProvisioning: "on" },
			{ ...every, inDirectory: true },
			["password", "sso"],
		],
		["whom the directory removed", {}, { ...every, removed: true }, ["password"]],
	])("%s", (_, changes, facts, expected) => {
		expect(waysIn(policy(changes), sso, facts, now)).toEqual(expected);
	});

	test("enforcement without SSO in the plan, or without a connection, closes nothing", () => {
		const enforced = policy({ enforceSso: { mode: "on" } });
		expect(waysIn(enforced, { ...sso, ssoActive: false }, every, now)).toContain("password");
		expect(waysIn(enforced, { ...sso, ssoInPlan: false }, every, now)).toEqual(["password"]);
	});
});

describe("how the admins stand", () => {
	const stand = (changes: Partial<Policy>, ...admins: WaysInFacts[]) =>
		adminsStanding(policy(changes), sso, admins, now);

	test("no admin, none who could come in, and one who can", () => {
		expect(stand({})).toBe("none");
		expect(stand({}, admin({}))).toBe("stranded");
		expect(stand({}, admin({}), admin({ password: true }))).toBe("reachable");
	});

	test("a day of enforcement to come counts already, and one that is over as enforcement", () => {
		const onFrom = (from: string) => ({ enforceSso: { mode: "onFrom", from } }) as const;
		const byPassword = admin({ password: true });
		const bySso = admin({ sso: true });
		expect(stand(onFrom("2026-04-01"), byPassword)).toBe("stranded");
		expect(stand(onFrom("2026-04-01"), byPassword, bySso)).toBe("reachable");
		expect(stand(onFrom("2026-02-01"), byPassword)).toBe("stranded");
	});

	test("worse is only what was better before", () => {
		expect(isWorse("stranded", "reachable")).toBe(true);
		expect(isWorse("none", "stranded")).toBe(true);
		expect(isWorse("stranded", "stranded")).toBe(false);
		expect(isWorse("reachable", "none")).toBe(false);
	});
});
