/**
 * `npm run bench:scim`: measures SCIM. With --url any server; without, Gatehouse as `npm start`
 * runs it, on Postgres beside a bare reference and on the embedded database. Started by
 * scripts/bench.mjs, which builds and finds a Postgres first.
 */
import { writeFileSync } from "node:fs";
import { callerOf } from "./bench/http";
import { closedLoop } from "./bench/measure";
import { lineOf, machine, tableOf } from "./bench/report";
import { againstBare, everyday, groups, hostile, paging, type Row } from "./bench/scenarios";
import { bareReference, gatehouse, type Target } from "./bench/target";
import { importOne } from "./bench/work";
import { command, option } from "./lib/run.mjs";
import { bold, complain, note, say } from "./lib/say.mjs";

command(main, complain);

async function main(): Promise<number> {
	const args = process.argv.slice(2);
	const only = option(args, "only")?.split(",");
	const wanted = (name: string) => !only || only.includes(name);
	const scale = {
		rounds: Number(option(args, "rounds") ?? 3),
		ms: Number(option(args, "seconds") ?? 5) * 1000,
		lanes: Number(option(args, "lanes") ?? 8),
	};
	const sizes = (option(args, "sizes") ?? "100,1000,5000,10000,50000").split(",").map(Number);
	const rows: Row[] = [];
	const add = (more: Row[]) => {
		for (const row of more) say(lineOf(row));
		rows.push(...more);
	};
	say(`${bold("SCIM, measured")} on ${machine()}`);

	const all = async (target: Target) => {
		say(`\n${bold(target.name)}`);
		if (wanted("everyday")) add(await everyday(target, scale));
		if (wanted("groups")) add(await groups(target, sizes, scale.rounds));
		if (wanted("paging")) add(await paging(target, [10_000, 50_000]));
		if (wanted("hostile")) add(await hostile(target));
	};
	const url = option(args, "url");
	if (url) await all(await given(url.replace(/\/+$/, ""), args));
	else {
		const postgres = process.env.TEST_DATABASE_URL;
		if (postgres) {
			const target = await gatehouse(postgres);
			if (wanted("bare")) {
				const bare = await bareReference(postgres);
				say(`\n${bold(`${target.name}, beside the bare reference`)}`);
				add(await againstBare(target, bare, scale));
				await bare.stop();
			}
			await all(target);
			await target.stop();
		}
		if (wanted("pglite")) {
			const embedded = await gatehouse(null);
			await all(embedded);
			await embedded.stop();
		}
	}
	const file = option(args, "out");
	if (file) {
		writeFileSync(file, `${machine()}\n\n${tableOf(rows)}\n`);
		note(`the table is in ${file}`);
	}
	const missed = rows.filter(({ goal }) => goal && !goal.reached).length;
	say(`\n${rows.length} measurements, ${missed} goals missed`);
	return 0;
}

/** A server elsewhere. It is given as many people as --users says, by the way an import does it. */
async function given(url: string, args: string[]): Promise<Target> {
	const token = option(args, "token") ?? process.env.SCIM_TOKEN ?? "";
	const users = Number(option(args, "users") ?? 1000);
	const caller = callerOf(url, token);
	const reply = await caller.call("GET", "/Users?startIndex=1&count=1");
	if (reply.status !== 200) throw new Error(`${url} answered ${reply.status}: ${reply.text}`);
	const missing = users - JSON.parse(reply.text).totalResults;
	if (missing > 0) await closedLoop(4, { times: missing }, () => importOne(caller));
	caller.close();
	const place = { users, workspaceId: "", token };
	return { name: url, url, places: [place], tenants: [place], stop: async () => {} };
}
