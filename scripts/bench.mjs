/** `npm run bench` and `npm run bench:scim`. Plain Node; bench-scim.ts measures. */
import "./lib/node-version.mjs";
import { ensureBuilt } from "./lib/build.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { providePostgres } from "./lib/postgres.mjs";
import { command, option, run } from "./lib/run.mjs";
import { complain, note, Refusal, say } from "./lib/say.mjs";

const usage = `Usage: npm run bench:scim -- [--url <base URL> --token <token> [--users <number>]] [...]

  Without --url it measures Gatehouse of this folder, on Postgres beside a bare reference, and on the
  embedded database. With --url it measures any SCIM server: it adds people and groups there, and
  leaves them. Use one that is meant for that.

  --token <token>      or SCIM_TOKEN in the environment
  --users <number>     how many people that server shall have at least (1000)
  --seconds <number>   how long each measurement takes (5)
  --rounds <number>    how often, the middle one counts (3)
  --lanes <number>     how many requests at once beside the bare reference (8)
  --sizes <list>       of groups (100,1000,5000,10000,50000)
  --only <list>        some of bare, everyday, groups, paging, hostile, pglite
  --out <file>         write the table there too`;

command(main, complain);

async function main() {
	const args = process.argv.slice(2);
	if (args.includes("--help")) {
		say(usage);
		return 0;
	}
	await ensureInstalled();
	let env = {};
	if (!option(args, "url")) {
		await ensureBuilt();
		const postgres = await providePostgres({ durable: true });
		if ("url" in postgres) env = { TEST_DATABASE_URL: postgres.url };
		else note(`only the embedded database is measured: ${postgres.missing}.`);
	}
	const words = ["--import", "tsx", "scripts/bench-scim.ts", ...args];
	const { code } = await run(process.execPath, words, { env, show: true });
	if (code !== 0)
		throw new Refusal("The measurement ended early.", "The lines above have the reason.");
	return 0;
}
