import { expect, test } from "vitest";
import { newId } from "@/lib/platform/ids";
import { ScimError } from "./errors";
import { countRequest } from "./rate";

/** How many of these requests, so many milliseconds apart, are let through. */
function passing(
	directory: { id: string; rateLimit: number | null },
	count: number,
	apart: number,
) {
	let passed = 0;
	for (let n = 0; n < count; n++)
		try {
			countRequest(directory, new Date(1_000_000 + n * apart));
			passed += 1;
		} catch (error) {
			if (!(error instanceof ScimError) || error.status !== 429) throw error;
		}
	return passed;
}

test("a burst of a tenth of a minute's passes, then as many as the rate", () => {
	expect(passing({ id: newId(), rateLimit: 600 }, 1000, 0)).toBe(60);
	// Ten a second are let through for ever, twenty a second half of the time.
	expect(passing({ id: newId(), rateLimit: 600 }, 1000, 100)).toBe(1000);
	const half = passing({ id: newId(), rateLimit: 600 }, 2000, 50);
	expect(half).toBeGreaterThan(1000);
	expect(half).toBeLessThan(1100);
});

test("25 a second are nothing", () => {
	expect(passing({ id: newId(), rateLimit: null }, 10_000, 1)).toBe(10_000);
});

test("a refusal says how long to wait", () => {
	const directory = { id: newId(), rateLimit: 6 };
	countRequest(directory, new Date(0));
	expect(() => countRequest(directory, new Date(0))).toThrow("Try again in 10 s");
});

test("a clock that goes back takes nothing away", () => {
	const directory = { id: newId(), rateLimit: 600 };
	countRequest(directory, new Date(100_000));
	countRequest(directory, new Date(0));
});
