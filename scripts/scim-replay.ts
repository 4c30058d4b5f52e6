/**
 * `npm run scim:replay`: plays a whole lifecycle as an IdP against any SCIM endpoint, in that
 * client's own request shapes, and says what it would stumble over. Makes two people and a group
 * under names of its own, and clears them away.
 */
import { randomBytes } from "node:crypto";
import { clientNamed, clients } from "@/lib/scim/clients";
import { type Outcome, replay } from "@/lib/scim/clients/session";
import { command, option } from "./lib/run.mjs";
import { bold, complain, faint, Refusal, say } from "./lib/say.mjs";

const names = Object.keys(clients);
const usage = `Usage: npm run scim:replay -- --client <name> --url <base URL> --token <token>

  --client <name>     ${names.join(", ")}
  --url <base URL>    where SCIM is answered, such as https://sign-on.example.com/api/scim/v2
  --token <token>     the bearer token; or in the environment as SCIM_TOKEN, which no process list shows
  --domain <domain>   of the people's addresses (replay.test)
  --role <name>       what everybody has in their roles (nothing)
  --no-groups         leave groups out
  --verbose           show each request's body and each answer

It makes two people and a group, changes them, and deletes them. Use a workspace meant for trying.`;

command(main, complain);

async function main(): Promise<number> {
	const args = process.argv.slice(2);
	if (args.includes("--help") || args.length === 0) {
		say(usage);
		return 0;
	}
	const name = option(args, "client") ?? "";
	const known = clientNamed(name);
	if (!known)
		throw new Refusal(`There is no client "${name}".`, `Choose one of ${names.join(", ")}.`);
	const client = clients[known];
	const url = readUrl(option(args, "url"));
	const token = option(args, "token") ?? process.env.SCIM_TOKEN;
	if (!token)
		throw new Refusal(
			"There is no token.",
			"Give one by --token, or by SCIM_TOKEN in the environment.",
		);
	const cast = {
		mark: randomBytes(4).toString("hex"),
		domain: option(args, "domain") ?? "replay.test",
		groups: !args.includes("--no-groups"),
		role: option(args, "role") ?? null,
	};

	say(`${bold(client.name)} against ${url}, run ${cast.mark}\n`);
	const onStep = (outcome: Outcome) => tell(outcome, args.includes("--verbose"));
	const outcomes = await replay(client, { url, token, fetch, onStep }, cast);
	const surprises = outcomes.filter(({ surprise }) => surprise !== undefined);
	say(`\n${outcomes.length} steps, ${surprises.length} surprises`);
	return surprises.length === 0 ? 0 : 1;
}

function readUrl(text: string | undefined): string {
	const remedy = "Write it as --url https://sign-on.example.com/api/scim/v2";
	if (!text) throw new Refusal("There is no base URL.", remedy);
	if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
		throw new Refusal(`"${text}" is no base URL.`, remedy);
	return text.replace(/\/+$/, "");
}

function tell(outcome: Outcome, verbose: boolean): void {
	const { title, method, path, answered, surprise, ms } = outcome;
	say(`${surprise === undefined ? " ok " : "FAIL"}  ${title}`);
	say(faint(`      ${method} ${path} -> ${answered || "nothing"} (${Math.round(ms)} ms)`));
	if (surprise !== undefined) say(`      ${surprise}`);
	if (!verbose) return;
	if (outcome.body !== undefined) say(faint(indent("> ", outcome.body)));
	if (outcome.answer !== undefined) say(faint(indent("< ", outcome.answer)));
}

const indent = (mark: string, value: unknown) =>
	JSON.stringify(value, null, 2).replace(/^/gm, `      ${mark}`);
