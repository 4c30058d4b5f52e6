import { expect, it } from "vitest";
import { fuzzer } from "@/e2e/idp/fuzz-gate";

it("whatever is done to a genuine response, it says the same or nothing, and nothing breaks", () => {
	const play = fuzzer();
	let accepted = 0;
	for (let seed = 1; seed <= 400; seed++) {
		const round = play(seed);
		expect(round.problem, `seed ${seed}`).toBeNull();
		if (round.accepted) accepted++;
	}
	// Where nothing ever passed, that nothing else passed would show little.
	expect(accepted).toBeGreaterThan(0);
}, 60_000);
