/** Fuzzes the gate for as long as is asked: `npm run fuzz [seconds] [first seed]`. */
import { fuzzer } from "@/e2e/idp/fuzz-gate";

const [seconds = 60, first = Date.now() % 1_000_000_000] = process.argv.slice(2).map(Number);
const play = fuzzer();
const until = Date.now() + seconds * 1000;
let seed = first;
let accepted = 0;
for (; Date.now() < until; seed++) {
	const round = play(seed);
	if (round.accepted) accepted++;
	if (!round.problem) continue;
	console.error(`Seed ${seed}: ${round.problem}`);
	process.exit(1);
}
console.log(
	`${seed - first} responses from seed ${first}: ${accepted} passed, unchanged in what they say.`,
);
