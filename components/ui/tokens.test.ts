import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

// The contrast of every pair that is used as text or as the edge of a control, worked out from the
// stylesheet itself (WCAG 2.2, relative luminance), in both themes.

const css = readFileSync(new URL("../../app/globals.css", import.meta.url), "utf8");

function tokens(block: string): Record<string, string> {
	return Object.fromEntries(
		[...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]),
	);
}

const root = css.slice(css.indexOf(":root {"), css.indexOf("@media (prefers-contrast"));
const at = root.indexOf("@variant night");
const themes = { light: tokens(root.slice(0, at)), dark: tokens(root.slice(at)) };

function luminance(hex: string): number {
	const [r = 0, g = 0, b = 0] = [1, 3, 5].map((start) => {
		const part = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
		return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
	const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
	return (high + 0.05) / (low + 0.05);
}

const surfaces = ["ground", "paper", "sunk", "raised"];
const verdicts = ["pass", "care", "stop", "note"];
const tints = verdicts.map((name) => `${name}-tint`);

/** What stands on what, and how much it needs. */
const pairs: [front: string, backs: string[], needs: number][] = [
	...["ink", "ink-2", "ink-3", ...verdicts].map((name): [string, string[], number] => [
		name,
		surfaces,
		4.5,
	]),
	...verdicts.map((name): [string, string[], number] => [name, [`${name}-tint`], 4.5]),
	["ink", tints, 4.5],
	["ink-2", tints, 4.5],
	["ink-3", tints, 4.5],
	["on-fill", ["pass-fill", "stop-fill", "note-fill"], 4.5],
	["on-care", ["care-fill"], 4.5],
	["paper", ["ink"], 4.5],
	["scan-ink", ["scan"], 7],
	["edge", surfaces, 3],
	["focus", surfaces, 3],
];

describe.each(Object.entries(themes))("the %s theme", (_, theme) => {
	const value = (name: string) => {
		const hex = theme[name];
		if (!hex) throw new Error(`no token ${name}`);
		return hex;
	};

	test.each(pairs)("%s on %s reads at %d or more", (front, backs, needs) => {
		for (const back of backs) {
			const ratio = contrast(value(front), value(back));
			expect(ratio, `${front} on ${back}`).toBeGreaterThanOrEqual(needs);
		}
	});
});

test("both themes name the same colours, and each is offered to the markup", () => {
	const names = Object.keys(themes.light);
	expect(Object.keys(themes.dark).sort()).toEqual([...names].sort());
	expect(names.length).toBeGreaterThan(25);
	for (const name of names) expect(css).toContain(`--color-${name}: var(--${name});`);
});

test("the calculation agrees with known values", () => {
	expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
	expect(contrast("#767676", "#ffffff")).toBeCloseTo(4.54, 2);
});
