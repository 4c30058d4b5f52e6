/** S1 to S6: what is measured, and what is said of it. A row a measurement. */
import { callerOf } from "./http";
import { closedLoop, median, paced, quantile, type Timing } from "./measure";
import { memoryOf, type Place, type Target } from "./target";
import * as work from "./work";

export type Row = {
	scenario: "S1" | "S2" | "S3" | "S4" | "S5" | "S6";
	what: string;
	target: string;
	measured: string;
	/** The number that a goal is set for, and whether it is reached. */
	goal?: { text: string; reached: boolean };
};

export type Scale = { rounds: number; ms: number; lanes: number };

const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
const rate = (value: number) => `${value < 100 ? value.toFixed(1) : Math.round(value)}/s`;
const times = (value: number) => `${value.toFixed(2)} times`;

function placeOf(target: Target, least: number): Place | undefined {
	return target.places.find(({ users }) => users >= least);
}

type Work = (
	caller: ReturnType<typeof callerOf>,
	person: work.Known,
	index: number,
) => Promise<unknown>;

/** Reads, filters and writes that both sides answer. */
const shared: [scenario: Row["scenario"], what: string, work: Work][] = [
	["S2", "read one person by id", (caller, person) => work.read(caller, person)],
	["S2", "find one person by userName", (caller, person) => work.find(caller, person)],
	["S5", "a page of 100 people", (caller, _, index) => work.pageOf(caller, 1 + (index % 5) * 100)],
	["S1", "import: find nobody, create", (caller) => work.importOne(caller)],
	["S2", "change a name", (caller, person) => work.rename(caller, person)],
	[
		"S2",
		"deactivate, reactivate",
		async (caller, person) => {
			await work.setActive(caller, person, false);
			await work.setActive(caller, person, true);
		},
	],
	["S2", "find and change, 80/20 mixed", work.steady],
];

/**
 * The same work against the server and the bare reference, by turns, so that whatever else the
 * machine does meets both. What counts is the middle of the rounds' ratios.
 */
export async function againstBare(target: Target, bare: Target, scale: Scale): Promise<Row[]> {
	const sides = await Promise.all(
		[target, bare].map(async (side) => ({ ...side, ...(await sideOf(side, 1000)) })),
	);
	const rows: Row[] = [];
	for (const [scenario, what, act] of shared) {
		const rounds: number[][] = [];
		for (let round = 0; round <= scale.rounds; round++) {
			const rates: number[] = [];
			for (const { caller, people, quieten } of sides) {
				await quieten?.();
				const timing = await loop(caller, people, act, scale);
				rates.push(timing.perSecond);
			}
			// The first round warms both up.
			if (round > 0) rounds.push(rates);
		}
		const ratio = median(rounds.map(([ours = 0, bares = 1]) => ours / bares));
		const [ours, bares] = [0, 1].map((side) => median(rounds.map((rates) => rates[side] ?? 0)));
		rows.push({
			scenario,
			what,
			target: target.name,
			measured: `${rate(ours ?? 0)}, bare ${rate(bares ?? 0)}, ratio ${ratio.toFixed(2)}`,
			goal: { text: "0.5 of bare", reached: ratio >= 0.5 },
		});
	}
	for (const { caller } of sides) caller.close();
	return rows;
}

async function sideOf(target: Target, users: number) {
	const place = placeOf(target, users) ?? target.places.at(-1);
	if (!place) throw new Error(`${target.name} has no directory`);
	const caller = callerOf(target.url, place.token);
	return { caller, people: await work.peopleIn(caller, Math.min(users, place.users)) };
}

/** Each lane has people of its own, so that no two change the same one at once. */
const loop = (
	caller: ReturnType<typeof callerOf>,
	people: work.Known[],
	act: Work,
	{ lanes, ms: duration }: Scale,
): Promise<Timing> =>
	closedLoop(lanes, { ms: duration }, (index) => {
		const person = people[index % people.length];
		if (!person) throw new Error("there is nobody");
		return act(caller, person, index);
	});

/** S1 and S2 by themselves: how fast an import and the days after it go, and how they feel at 25 a second. */
export async function everyday(target: Target, scale: Scale): Promise<Row[]> {
	const { caller, people } = await sideOf(target, 1000);
	const rows: Row[] = [];
	const row = (scenario: "S1" | "S2", what: string, timing: Timing, goal?: Row["goal"]) =>
		rows.push({
			scenario,
			what,
			target: target.name,
			measured: `${rate(timing.perSecond)}, half within ${ms(timing.p50)}, 99 % within ${ms(timing.p99)}`,
			...(goal ? { goal } : {}),
		});
	row(
		"S1",
		"import: find nobody, create; 4 at a time",
		await closedLoop(4, { ms: scale.ms }, () => work.importOne(caller)),
	);
	row(
		"S2",
		"find and change, 80/20 mixed; 4 at a time",
		await loop(caller, people, work.steady, { ...scale, lanes: 4 }),
	);
	const pace = await paced(25, Math.max(scale.ms, 10_000), (index) => {
		const person = people[(index * 7) % people.length];
		if (!person) throw new Error("there is nobody");
		return index % 2 === 0 ? work.find(caller, person) : work.rename(caller, person);
	});
	row("S2", "25 requests a second, find and change by turns", pace, {
		text: "99 % within 200 ms",
		reached: pace.p99 <= 200,
	});
	caller.close();
	if (target.tenants.length > 1) {
		const callers = target.tenants.map(({ token }) => callerOf(target.url, token, 4));
		const theirs = await Promise.all(callers.map((each) => work.peopleIn(each, 50)));
		const timing = await closedLoop(4, { ms: scale.ms }, (index) => {
			const tenant = index % callers.length;
			const [each, few] = [callers[tenant], theirs[tenant] ?? []];
			const person = few[Math.floor(index / callers.length) % few.length];
			if (!each || !person) throw new Error("there is nobody");
			return work.steady(each, person, index);
		});
		row("S2", `find and change, 80/20 mixed; ${callers.length} workspaces by turns`, timing);
		for (const each of callers) each.close();
	}
	return rows;
}

/** S3 and S4: groups that grow, and what a change of one member or of 256 costs in them. */
export async function groups(target: Target, sizes: number[], rounds: number): Promise<Row[]> {
	const largest = Math.max(...sizes);
	const place = placeOf(target, largest) ?? target.places.at(-1);
	if (!place) return [];
	const caller = callerOf(target.url, place.token);
	const everybody = (await work.peopleIn(caller, largest)).map(({ id }) => id);
	const rows: Row[] = [];
	const row = (scenario: "S3" | "S4", what: string, measured: string, goal?: Row["goal"]) =>
		rows.push({ scenario, what, target: target.name, measured, ...(goal ? { goal } : {}) });

	const alone: Record<number, number> = {};
	for (const size of sizes.filter((each) => each <= everybody.length)) {
		const group = await work.makeGroup(caller);
		if (group === null) return [];
		const members = everybody.slice(0, size);
		const filling = await work.fillGroup(caller, group, members);
		const [one = ""] = members;
		const single: number[] = [];
		for (let round = 0; round < rounds * 10; round++) {
			single.push(await work.takeOut(caller, group, [one]));
			single.push(...(await work.fillGroup(caller, group, [one])));
		}
		alone[size] = median(single);
		const some = members.slice(0, 256);
		const many: number[] = [];
		for (let round = 0; round < rounds; round++) {
			await work.takeOut(caller, group, some);
			many.push(...(await work.fillGroup(caller, group, some)));
		}
		row("S3", `one member in a group of ${size}`, `half within ${ms(alone[size] ?? 0)}`);
		row(
			"S3",
			`${some.length} members into a group of ${size}`,
			`${ms(median(many))}; while it was filled ${ms(median(filling))}`,
			size === 10_000 && some.length === 256
				? { text: "100 ms", reached: median(many) <= 100 }
				: undefined,
		);
		if (size === 5_000 || size === 50_000) {
			const put = await work.putGroup(caller, group, members.slice(1));
			row("S4", `replace a group of ${size}, one member less`, ms(put));
			row("S4", `read a group of ${size} with its members`, ms(await work.getGroup(caller, group)));
			const without = "?excludedAttributes=members";
			row("S4", `read it without them`, ms(await work.getGroup(caller, group, without)));
		}
	}
	const [least, most] = [alone[100], alone[50_000]];
	if (least !== undefined && most !== undefined)
		row("S3", "one member: a group of 50000 beside one of 100", times(most / least), {
			text: "1.5 times",
			reached: most / least <= 1.5,
		});
	caller.close();
	return rows;
}

/** S5: paging through everybody, the first pages beside the last ones, and the server's memory meanwhile. */
export async function paging(target: Target, sizes: number[]): Promise<Row[]> {
	const rows: Row[] = [];
	for (const size of sizes) {
		const place = placeOf(target, size);
		if (!place) continue;
		const caller = callerOf(target.url, place.token, 1);
		const row = (what: string, measured: string, goal?: Row["goal"]) =>
			rows.push({ scenario: "S5", what, target: target.name, measured, ...(goal ? { goal } : {}) });
		const byIndex: number[] = [];
		for (let startIndex = 1; startIndex <= size; startIndex += 100)
			byIndex.push((await caller.call("GET", `/Users?startIndex=${startIndex}&count=100`)).ms);
		row(`${size} people by startIndex, 100 a page`, endsOf(byIndex));
		// Once before, so that neither the memory of the first pages nor cold caches count.
		await work.pageByCursor(caller);
		const before = memoryOf(target.pid);
		let most = before ?? 0;
		const watch = setInterval(() => {
			most = Math.max(most, memoryOf(target.pid) ?? 0);
		}, 100);
		const byCursor = await work.pageByCursor(caller);
		clearInterval(watch);
		if (byCursor) {
			const ratio = lastOf(byCursor) / firstOf(byCursor);
			row(`${size} people by cursor, 100 a page`, endsOf(byCursor), {
				text: "last 1.2 times first",
				reached: ratio <= 1.2,
			});
		}
		if (before !== undefined)
			row(`memory while paging ${size} people`, `${before} MiB before, ${most} MiB at most`, {
				text: "64 MiB more",
				reached: most - before <= 64,
			});
		caller.close();
	}
	return rows;
}

const firstOf = (each: number[]) =>
	median(each.slice(0, Math.max(10, Math.ceil(each.length / 10))));
const lastOf = (each: number[]) => median(each.slice(-Math.max(10, Math.ceil(each.length / 10))));
const endsOf = (each: number[]) =>
	`first ${ms(firstOf(each))}, last ${ms(lastOf(each))}, ${times(lastOf(each) / firstOf(each))}`;

/** S6: what should cost its sender more than the server. */
export async function hostile(target: Target): Promise<Row[]> {
	const place = target.places.at(-1);
	if (!place) return [];
	const caller = callerOf(target.url, place.token);
	const before = memoryOf(target.pid);
	const filters: [string, string][] = [
		["a filter of 8 KiB", `userName eq "${"x".repeat(8 * 1024)}"`],
		[
			"a filter of 200 terms",
			Array.from({ length: 200 }, (_, i) => `userName eq "${i}"`).join(" or "),
		],
		["a filter of 5,000 brackets", `${"(".repeat(5000)}active eq true${")".repeat(5000)}`],
		[`"co" over ${place.users} people`, 'displayName co "zzzz"'],
	];
	const rows: Row[] = [];
	for (const [what, filter] of filters) {
		const path = `/Users?filter=${encodeURIComponent(filter)}`;
		const replies = [];
		for (let i = 0; i < 5; i++) replies.push(await caller.call("GET", path));
		const sorted = replies.map((reply) => reply.ms).sort((a, b) => a - b);
		const [{ status } = { status: 0 }] = replies;
		rows.push({
			scenario: "S6",
			what,
			target: target.name,
			measured: `${status} within ${ms(quantile(sorted, 0.99))}`,
			goal: { text: "no 5xx", reached: replies.every((reply) => reply.status < 500) },
		});
	}
	const after = memoryOf(target.pid);
	if (before !== undefined && after !== undefined)
		rows.push({
			scenario: "S6",
			what: "memory over all of these",
			target: target.name,
			measured: `${before} MiB before, ${after} MiB after`,
		});
	caller.close();
	return rows;
}
