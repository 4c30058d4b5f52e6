/** Running work and saying how fast it went. Times in milliseconds. */

export type Timing = { count: number; perSecond: number; p50: number; p99: number; max: number };

/** The value below which this part of the sorted values lies. */
export function quantile(sorted: readonly number[], part: number): number {
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number =>
	quantile(
		[...values].sort((a, b) => a - b),
		0.5,
	);

function timingOf(times: number[], elapsed: number): Timing {
	const sorted = [...times].sort((a, b) => a - b);
	return {
		count: times.length,
		perSecond: (times.length / elapsed) * 1000,
		p50: quantile(sorted, 0.5),
		p99: quantile(sorted, 0.99),
		max: sorted.at(-1) ?? Number.NaN,
	};
}

/**
 * Does `work` over and over, `lanes` at a time, each lane as fast as it is answered.
 * @param until how many times in all, or for how many milliseconds
 */
export async function closedLoop(
	lanes: number,
	until: { times: number } | { ms: number },
	work: (index: number) => Promise<unknown>,
): Promise<Timing> {
	const times: number[] = [];
	const began = performance.now();
	let next = 0;
	const more = () => ("times" in until ? next < until.times : performance.now() - began < until.ms);
	const lane = async () => {
		while (more()) {
			const index = next++;
			const start = performance.now();
			await work(index);
			times.push(performance.now() - start);
		}
	};
	await Promise.all(Array.from({ length: lanes }, lane));
	return timingOf(times, performance.now() - began);
}

/**
 * Does `work` so often a second, whether the one before has been answered or not. A time is counted
 * from when the work was due, so that waiting in a queue counts too.
 */
export async function paced(
	perSecond: number,
	ms: number,
	work: (index: number) => Promise<unknown>,
): Promise<Timing> {
	const times: number[] = [];
	const under: Promise<void>[] = [];
	const began = performance.now();
	const count = Math.floor((ms / 1000) * perSecond);
	for (let index = 0; index < count; index++) {
		const due = began + (index * 1000) / perSecond;
		const wait = due - performance.now();
		if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
		under.push(
			work(index).then(() => {
				times.push(performance.now() - due);
			}),
		);
	}
	await Promise.all(under);
	return timingOf(times, performance.now() - began);
}
