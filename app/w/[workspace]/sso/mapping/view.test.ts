import { expect, test } from "vitest";
import type { Impact, PersonChange } from "@/lib/impact/what-would-change";
import { csvOf, mostOfEach, viewOf } from "./view";

const roles = [
	{ key: "admin", name: "Admin", rank: 300, permissions: [] },
	{ key: "member", name: "Member", rank: 200, permissions: [] },
	{ key: "viewer", name: "Viewer", rank: 100, permissions: [] },
];

const change = (name: string, before: string | null, after: string | null): PersonChange => ({
	id: name,
	name,
	email: null,
	before,
	after,
	source: null,
	joins: [],
	leaves: [],
	because: null,
	stranded: null,
	keys: 0,
});

const many = (prefix: string, count: number, before: string, after: string | null) =>
	Array.from({ length: count }, (_, index) =>
		change(`${prefix} ${String(index).padStart(4, "0")}`, before, after),
	);

const impactOf = (changes: PersonChange[]): Impact => ({
	people: 5_000,
	changes,
	up: 0,
	down: 0,
	elsewhere: 0,
	lastAdmin: null,
});

test("of many, those who lose access come first, and some of every kind", () => {
	const shown = viewOf(
		impactOf([
			...many("a", 2_000, "Viewer", "Member"),
			...many("b", 300, "Member", "Viewer"),
			...many("z", 100, "Member", null),
		]),
		roles,
	);
	expect(shown).toMatchObject({
		count: 2_400,
		counts: { up: 2_000, down: 300, same: 0, lost: 100 },
	});
	const ways = shown.changes.map(({ way }) => way);
	expect(ways.slice(0, 100)).toEqual(Array(100).fill("lost"));
	expect(ways.filter((way) => way === "up")).toHaveLength(mostOfEach);
	expect(ways.filter((way) => way === "down")).toHaveLength(mostOfEach);
	expect(shown.changes[100]?.name).toBe("a 0000");
});

test("the file has everybody, with a reason; no cell is a formula", () => {
	const lines = csvOf(
		impactOf([
			...many("a", 2_000, "Viewer", "Member"),
			{
				...change("=cmd()", null, "Member"),
				email: "zoe@acme.test",
				source: { kind: "directoryGroup", id: "1", name: "engineering" },
				joins: ["Core"],
				leaves: ["Old", "Older"],
				keys: 2,
			},
		]),
		{
			head: ["person", "email", "now", "after", "joins", "leaves", "keys", "because"],
			none: "no access",
			because: ({ source, after }) => `${source?.kind ?? "nothing"} gives ${after}`,
		},
	).split("\r\n");
	expect(lines).toHaveLength(2_002);
	expect(lines[0]).toBe('"person","email","now","after","joins","leaves","keys","because"');
	expect(lines[2_001]).toBe(
		'"\'=cmd()","zoe@acme.test","no access","Member","Core","Old; Older","2","directoryGroup gives Member"',
	);
});
