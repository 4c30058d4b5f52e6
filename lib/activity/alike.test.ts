import { describe, expect, it } from "vitest";
import { foldAlike } from "./alike";

const minute = (count: number) => new Date(Date.UTC(2026, 10, 23, 9, 60 - count));
let made = 0;
const row = (at: number, more: Partial<Parameters<typeof foldAlike>[0][number]> = {}) => ({
	id: String(made++),
	at: minute(at),
	kind: "directory.user_updated",
	outcome: "done",
	actor: "Okta",
	subject: "Ada",
	details: {},
	...more,
});

describe("rows that say the same", () => {
	it("become one with a count and the time it began", () => {
		const rows = [row(1), row(2), row(3), row(4, { subject: "Ben" })];
		const folded = foldAlike(rows);
		expect(folded).toHaveLength(2);
		expect(folded[0]).toMatchObject({ id: rows[0]?.id, times: 3, first: minute(3) });
		expect(folded[1]).toMatchObject({ subject: "Ben", times: 1 });
	});

	it.each([
		["two of them", [row(1), row(2)]],
		["another outcome between", [row(1), row(2), row(3, { outcome: "refused" }), row(4)]],
		["another reason", [1, 2, 3].map((at) => row(at, { details: { reason: `r${at}` } }))],
		["hours apart", [row(1), row(100), row(200)]],
	])("stay apart: %s", (_, rows) => {
		expect(foldAlike(rows).map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
	});

	it("add up what was counted, and look past codes", () => {
		const kind = "scim.unknown_token";
		const counted = [5, 4, 5].map((count, at) =>
			row(at, { kind, subject: null, details: { count } }),
		);
		expect(foldAlike(counted)).toMatchObject([{ times: 3, details: { count: 14 } }]);
		const refused = [1, 2, 3].map((at) =>
			row(at, {
				kind: "sign_in.sso",
				subject: `GH-${at}`,
				details: { reason: "r", code: `GH-${at}` },
			}),
		);
		expect(foldAlike(refused)).toHaveLength(1);
	});
});
