import { describe, expect, it } from "vitest";
import { StatementNames } from "./prepared";

const timesUsed = (names: StatementNames, text: string, times: number) =>
	Array.from({ length: times }, () => names.nameOf(text)).at(-1);

describe("the names of statements", () => {
	it("are given to what comes again, one for each text, and stay", () => {
		const names = new StatementNames();
		expect(timesUsed(names, "select 1", 4)).toBeUndefined();
		const name = names.nameOf("select 1");
		expect(name).toEqual(expect.any(String));
		expect(timesUsed(names, "select 2", 5)).not.toBe(name);
		expect(names.nameOf("select 1")).toBe(name);
	});

	it("are never given to a text that is one of a kind", () => {
		const names = new StatementNames();
		expect(timesUsed(names, `select ${"$1, ".repeat(2000)}1`, 10)).toBeUndefined();
		for (let i = 0; i < 10_000; i++) expect(names.nameOf(`select ${i}`)).toBeUndefined();
		// Nor do those keep a usual one from its name.
		expect(timesUsed(names, "select 1 as usual", 5)).toEqual(expect.any(String));
	});

	it("are at most 256, whatever comes", () => {
		const names = new StatementNames();
		const given = Array.from({ length: 300 }, (_, i) => timesUsed(names, `select ${i}`, 6));
		expect(given.filter(Boolean)).toHaveLength(256);
		expect(new Set(given.filter(Boolean)).size).toBe(256);
	});
});
