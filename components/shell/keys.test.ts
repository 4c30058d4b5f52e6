import { describe, expect, test } from "vitest";
import { type KeyAct, meaningOf, type Press } from "./keys";

const press = (key: string, more: Partial<Press> = {}): Press => ({
	key,
	ctrl: false,
	meta: false,
	alt: false,
	typing: false,
	inDialog: false,
	...more,
});

describe("a press", () => {
	test.each<[string, Press, boolean, KeyAct]>([
		["Ctrl K", press("k", { ctrl: true }), false, { do: "palette" }],
		["Command K", press("k", { meta: true }), false, { do: "palette" }],
		["Ctrl K in a field", press("k", { ctrl: true, typing: true }), false, { do: "palette" }],
		["Ctrl K over a dialog", press("k", { ctrl: true, inDialog: true }), false, null],
		["a slash", press("/"), false, { do: "search" }],
		["a slash in a field", press("/", { typing: true }), false, null],
		["a question mark", press("?"), false, { do: "help" }],
		["a question mark over a dialog", press("?", { inDialog: true }), false, null],
		["g", press("g"), false, { do: "wait" }],
		["g then s", press("s"), true, { do: "go", page: "sso" }],
		["g then a", press("a"), true, { do: "go", page: "activity" }],
		["g then g", press("g"), true, { do: "go", page: "groups" }],
		["g then what is no page", press("x"), true, null],
		["g then s in a field", press("s", { typing: true }), true, null],
		["s alone", press("s"), false, null],
		["Ctrl G, which is the browser's", press("g", { ctrl: true }), false, null],
		["j", press("j"), false, { do: "row", by: 1 }],
		["k", press("k"), false, { do: "row", by: -1 }],
		["o", press("o"), false, { do: "open" }],
		["o in a field", press("o", { typing: true }), false, null],
		["Ctrl Enter", press("Enter", { ctrl: true }), false, { do: "main" }],
		[
			"Command Enter in a field",
			press("Enter", { meta: true, typing: true }),
			false,
			{ do: "main" },
		],
		[
			"Ctrl Enter over a dialog",
			press("Enter", { ctrl: true, inDialog: true }),
			false,
			{ do: "main" },
		],
		["Enter alone", press("Enter"), false, null],
		["a closing bracket", press("]"), false, { do: "section", by: 1 }],
		["an opening bracket in a field", press("[", { typing: true }), false, null],
	])("%s", (_, pressed, waiting, act) => {
		expect(meaningOf(pressed, waiting, true)).toEqual(act);
	});

	test("means nothing alone where single keys are off, but for the one with Ctrl", () => {
		for (const key of ["/", "?", "g", "j", "k", "o"])
			expect(meaningOf(press(key), false, false)).toBeNull();
		expect(meaningOf(press("s"), true, false)).toBeNull();
		expect(meaningOf(press("k", { ctrl: true }), false, false)).toEqual({ do: "palette" });
	});
});
