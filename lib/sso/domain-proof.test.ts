import { describe, expect, it, test } from "vitest";
import {
	afterCheck,
	checkDue,
	counts,
	countsUntil,
	type Proof,
	proves,
	recordOf,
} from "./domain-proof";

const now = new Date("2026-11-25T12:00:00Z");
const later = (hours: number, from = now) => new Date(from.getTime() + hours * 3600_000);

const pending: Proof = {
	state: "pending",
	verifiedAt: null,
	verifiedBy: null,
	checkedAt: null,
	missedChecks: 0,
	lostAt: null,
};
const verified: Proof = {
	...pending,
	state: "verified",
	verifiedAt: later(-100),
	verifiedBy: "dns",
	checkedAt: later(-24),
};
const lost: Proof = { ...verified, state: "lost", missedChecks: 3, lostAt: later(-24) };

describe("the record of a domain", () => {
	const row = { domain: "acme.test", proofToken: "c81f0b52e6a94d7f" };

	it("has a name and a value to copy", () => {
		expect(recordOf(row)).toEqual({
			name: "_gatehouse.acme.test",
			value: "gatehouse=c81f0b52e6a94d7f",
		});
	});

	test.each([
		[["gatehouse=c81f0b52e6a94d7f"], true],
		[["v=spf1 -all", "gatehouse=another", "gatehouse=c81f0b52e6a94d7f"], true],
		[[' "gatehouse=c81f0b52e6a94d7f" '], true],
		[[], false],
		[["c81f0b52e6a94d7f"], false],
		[["gatehouse=c81f0b52e6a94d7f0"], false],
		[["GATEHOUSE=C81F0B52E6A94D7F"], false],
		[["x gatehouse=c81f0b52e6a94d7f"], false],
	])("%j proves it: %s", (texts, expected) => {
		expect(proves(texts, row)).toBe(expected);
	});
});

describe("a check", () => {
	it("verifies a domain that waits, whoever asks", () => {
		for (const daily of [true, false])
			expect(afterCheck(pending, true, daily, now)).toEqual({
				proof: { ...verified, verifiedAt: now, checkedAt: now },
				event: "verified",
			});
	});

	it("leaves one waiting that has no record yet", () => {
		expect(afterCheck(pending, false, true, now)).toEqual({
			proof: { ...pending, checkedAt: now },
			event: null,
		});
	});

	it("loses a domain at the third daily check that misses it, and not before", () => {
		let row = verified;
		const events: unknown[] = [];
		for (let day = 0; day < 5; day++) {
			const change = afterCheck(row, false, true, later(24 * day));
			events.push(change?.event);
			row = change?.proof ?? row;
		}
		expect(events).toEqual([null, null, "lost", null, null]);
		expect(row).toMatchObject({ state: "lost", missedChecks: 5, lostAt: later(48) });
	});

	it("counts no look of an admin as missed", () => {
		for (let look = 0; look < 5; look++) expect(afterCheck(verified, false, false, now)).toBeNull();
		expect(afterCheck(lost, false, false, now)).toBeNull();
	});

	it("begins to count anew once the record was seen", () => {
		const missedTwice = { ...verified, missedChecks: 2 };
		expect(afterCheck(missedTwice, true, true, now)).toEqual({
			proof: { ...verified, checkedAt: now },
			event: null,
		});
	});

	it("brings a lost domain back, with the day it was first proved", () => {
		expect(afterCheck(lost, true, false, now)).toEqual({
			proof: { ...verified, checkedAt: now },
			event: "returned",
		});
	});
});

describe("a lost domain", () => {
	const at = (state: Proof["state"], lostAt: Date | null) => counts({ state, lostAt }, now);

	it("still counts for seven days", () => {
		expect(at("lost", later(-7 * 24 + 1))).toBe(true);
		expect(at("lost", later(-7 * 24))).toBe(false);
		expect(countsUntil({ lostAt: now })).toEqual(later(7 * 24));
	});

	it("is the only one that has an end", () => {
		expect(at("verified", null)).toBe(true);
		expect(at("pending", null)).toBe(false);
		expect(countsUntil({ lostAt: null })).toBeNull();
	});
});

describe("the schedule", () => {
	test.each([
		["a new one, at once", { ...pending, createdAt: now }, now],
		[
			"a new one, every quarter of an hour",
			{ ...pending, checkedAt: now, createdAt: now },
			later(1 / 4),
		],
		[
			"one that waits for days, daily",
			{ ...pending, checkedAt: now, createdAt: later(-73) },
			later(23),
		],
		["a verified one, daily", { ...verified, checkedAt: now, createdAt: now }, later(23)],
		["a lost one, daily", { ...lost, checkedAt: now, createdAt: now }, later(23)],
		[
			"one that was vouched for, never",
			{ ...verified, verifiedBy: "Operator", createdAt: now },
			null,
		],
	] as const)("looks for %s", (_, row, due) => {
		expect(checkDue(row, now)).toEqual(due);
	});
});
