import { describe, expect, it } from "vitest";
import { type TakeOverFacts, takeOverRefused } from "./take-over";

const stranger = { managed: false, comesBack: false, domainVerified: false };

describe("a member who was here before the directory sent them", () => {
	it.each<[string, "link" | "conflict", Partial<TakeOverFacts>, string | null]>([
		["is taken over under a proved domain", "link", { domainVerified: true }, null],
		["is not under another, whoever holds the token", "link", {}, "domain_not_verified"],
		[
			"is not where the policy says conflict",
			"conflict",
			{ domainVerified: true },
			"member_exists",
		],
		["is not twice", "link", { managed: true, domainVerified: true }, "email_taken"],
		[
			"is not twice, though they come back",
			"link",
			{ managed: true, comesBack: true },
			"email_taken",
		],
		["comes back to their own directory under any domain", "link", { comesBack: true }, null],
		["comes back whatever the policy says of others", "conflict", { comesBack: true }, null],
	])("%s", (_, provisionExisting, facts, refused) => {
		expect(takeOverRefused({ provisionExisting }, { ...stranger, ...facts })).toBe(refused);
	});
});
