import { describe, expect, test } from "vitest";
import { type Attempt, conditionOf, type Watched } from "./condition";

const now = new Date("2026-11-25T12:00:00Z");
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);

const active: Watched = {
	status: "active",
	secretExpiresOn: null,
	certificatesEnd: [],
	metadataDiffers: null,
	lacksOurs: null,
};
const refused = (reason: string, minutes: number): Attempt => ({
	at: minutesAgo(minutes),
	outcome: "refuse",
	reason,
});
const welcome = (minutes: number): Attempt => ({
	at: minutesAgo(minutes),
	outcome: "welcome",
	reason: null,
});

describe("a connection that is not on", () => {
	test.each(["draft", "tested", "paused"] as const)("is %s, whatever else", (status) => {
		const attempts = [refused("token_refused", 1), refused("token_refused", 2)];
		expect(
			conditionOf({ ...active, status, secretExpiresOn: "2020-01-01" }, attempts, now),
		).toEqual({
			state: status,
			trouble: null,
		});
	});
});

describe("an active connection", () => {
	const cases: { what: string; attempts: Attempt[]; state: string }[] = [
		{ what: "nobody has tried", attempts: [], state: "active" },
		{ what: "people come in", attempts: [welcome(1), welcome(2)], state: "active" },
		{ what: "one attempt failed", attempts: [refused("token_refused", 1)], state: "active" },
		{
			what: "two failed, and nobody came in since",
			attempts: [refused("token_refused", 1), refused("token_refused", 9), welcome(20)],
			state: "not_working",
		},
		{
			what: "it works again",
			attempts: [welcome(1), refused("token_refused", 2), refused("token_refused", 9)],
			state: "active",
		},
		{
			what: "people are refused for what they are",
			attempts: [refused("unknown_person", 1), refused("suspended", 2), refused("no_role", 3)],
			state: "active",
		},
		{
			what: "strangers send made-up answers",
			attempts: [
				refused("issuer_differs", 1),
				refused("other_browser", 2),
				refused("nonce_differs", 3),
			],
			state: "active",
		},
		{
			what: "failures lie between refusals of people",
			attempts: [refused("unknown_person", 1), refused("clock", 2), refused("clock", 3)],
			state: "not_working",
		},
		{ what: "a reason is none", attempts: [refused("x", 1), refused("x", 2)], state: "active" },
	];
	test.each(cases)("$what: $state", ({ attempts, state }) => {
		expect(conditionOf(active, attempts, now).state).toBe(state);
	});

	test("says since when it fails, how often and why", () => {
		const attempts = [
			refused("token_refused", 1),
			refused("clock", 5),
			refused("clock", 9),
			welcome(10),
		];
		expect(conditionOf(active, attempts, now).trouble).toEqual({
			kind: "failing",
			since: minutesAgo(9),
			times: 3,
			reason: "token_refused",
		});
	});

	test.each([
		["2026-12-25", "needs_attention", 30],
		["2026-12-26", "active", undefined],
		["2026-11-20", "needs_attention", -5],
	] as const)("whose secret ends on %s: %s", (secretExpiresOn, state, days) => {
		const found = conditionOf({ ...active, secretExpiresOn }, [], now);
		expect(found.state).toBe(state);
		expect(found.trouble?.kind === "secret" ? found.trouble.days : undefined).toBe(days);
	});

	test("whose certificate ends needs attention, unless another goes on", () => {
		const ends = (...days: number[]) =>
			conditionOf({ ...active, certificatesEnd: days.map(inDays) }, [], now).state;
		expect(ends(10)).toBe("needs_attention");
		expect(ends(10, 400)).toBe("active");
		expect(ends(400, -1)).toBe("active");
		expect(ends(-1)).toBe("needs_attention");
	});

	test("whose metadata differs needs attention, unless something ends first", () => {
		const differing = { ...active, metadataDiffers: minutesAgo(60) };
		expect(conditionOf(differing, [], now)).toEqual({
			state: "needs_attention",
			trouble: { kind: "metadata", since: minutesAgo(60) },
		});
		const ending = conditionOf({ ...differing, certificatesEnd: [inDays(1)] }, [], now);
		expect(ending.trouble?.kind).toBe("certificate");
	});

	test("whose provider lacks our new certificate needs attention", () => {
		expect(conditionOf({ ...active, lacksOurs: minutesAgo(60) }, [], now)).toEqual({
			state: "needs_attention",
			trouble: { kind: "ours", since: minutesAgo(60) },
		});
	});
});
