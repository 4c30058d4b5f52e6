/**
 * The operator's commands, on the database that DATABASE_URL names, or on the embedded one while
 * no server is running. Reads the command, calls the product, prints what came of it.
 */
import { parseArgs } from "node:util";
import { DrizzleQueryError } from "drizzle-orm";
import { type Db, openDatabase } from "@/db/client";
import { FolderInUse } from "@/db/folder-lock";
import { EnvError, prepareEnv } from "@/lib/platform/env";
import {
	type Answer,
	changePlanOf,
	limitDirectory,
	openWorkspace,
	recoverAdmin,
	replaceSamlKey,
	retireSamlKey,
	showSamlKey,
	verifyLog,
	vouch,
	workspaceTable,
} from "./lib/operator";

type Command = {
	words: string[];
	/** Names of what follows the words, for the usage line. */
	operands: string[];
	options: Record<string, { shows: string; required?: boolean }>;
	what: string;
	run: (db: Db, operands: string[], options: Record<string, string>) => Promise<Answer>;
};

const commands: Command[] = [
	{
		words: ["workspace", "create"],
		operands: ["slug"],
		options: {
			name: { shows: "name", required: true },
			admin: { shows: "email", required: true },
			"admin-name": { shows: "name" },
			plan: { shows: "free|enterprise" },
		},
		what: "make a workspace and its first admin, whose password is printed once",
		run: (db, [slug = ""], options) =>
			openWorkspace(db, {
				slug,
				name: options.name ?? "",
				plan: options.plan ?? "enterprise",
				email: options.admin ?? "",
				adminName: options["admin-name"] ?? options.admin?.split("@")[0] ?? "",
			}),
	},
	{
		words: ["workspace", "plan"],
		operands: ["slug", "free|enterprise"],
		options: {},
		what: "change the plan; single sign-on and directory sync need enterprise",
		run: (db, [slug = "", plan = ""]) => changePlanOf(db, slug, plan),
	},
	{
		words: ["workspace", "list"],
		operands: [],
		options: {},
		what: "every workspace with its plan",
		run: async (db) => ({ ok: true, text: await workspaceTable(db) }),
	},
	{
		words: ["domain", "verify"],
		operands: ["slug", "domain"],
		options: {},
		what: "vouch that a domain is the workspace's own, in place of its DNS record",
		run: (db, [slug = "", domain = ""]) => vouch(db, slug, domain),
	},
	{
		words: ["directory", "rate"],
		operands: ["slug", "number|usual"],
		options: {},
		what: "how many requests a minute the directory may send before it is answered 429",
		run: (db, [slug = "", rate = ""]) => limitDirectory(db, slug, rate),
	},
	{
		words: ["activity", "verify"],
		operands: ["slug"],
		options: {},
		what: "check that the activity log is what was sealed, and print its newest seal",
		run: (db, [slug = ""]) => verifyLog(db, slug),
	},
	{
		words: ["saml-key", "show"],
		operands: [],
		options: {},
		what: "the certificate of this installation, the one that takes its place, and who waits for it",
		run: (db) => showSamlKey(db),
	},
	{
		words: ["saml-key", "replace"],
		operands: [],
		options: {},
		what: "make a new key for SAML and publish its certificate; the former works beside it",
		run: (db) => replaceSamlKey(db),
	},
	{
		words: ["saml-key", "retire"],
		operands: [],
		options: { leave: { shows: "count" } },
		what: "let go of the former key; connections that are not known to have the new certificate are counted",
		run: (db, _, { leave }) => retireSamlKey(db, leave),
	},
	{
		words: ["recover"],
		operands: ["slug", "email"],
		options: {},
		what: "let an admin back in: a new password, printed once, and SSO not enforced",
		run: (db, [slug = "", email = ""]) => recoverAdmin(db, slug, email),
	},
];

function usageOf(command: Command): string {
	const operands = command.operands.map((name) => `<${name}>`);
	const options = Object.entries(command.options).map(([name, { shows, required }]) =>
		required ? `--${name} <${shows}>` : `[--${name} <${shows}>]`,
	);
	return [...command.words, ...operands, ...options].join(" ");
}

const usage = `Usage: npm run admin -- <command>

${commands.map((command) => `  ${usageOf(command)}\n      ${command.what}`).join("\n")}

It works on the database that DATABASE_URL names. Without it, on the embedded database in DATA_DIR
(.data unless set): stop the server first. For the demo's: DATA_DIR=.data/demo npm run admin -- ...
`;

/** Finds the command and its arguments, or says what is wrong with them. */
function parse(
	args: string[],
): { command: Command; operands: string[]; options: Record<string, string> } | string {
	const command = commands.find(({ words }) => words.every((word, at) => args[at] === word));
	if (!command) return usage;
	const wrong = (why: string) => `${why}\nUsage: npm run admin -- ${usageOf(command)}\n`;
	try {
		const { values, positionals } = parseArgs({
			args: args.slice(command.words.length),
			allowPositionals: true,
			options: Object.fromEntries(
				Object.keys(command.options).map((name) => [name, { type: "string" } as const]),
			),
		});
		if (positionals.length !== command.operands.length)
			return wrong(`It takes ${command.operands.length} operands, not ${positionals.length}.`);
		const options: Record<string, string> = {};
		for (const [name, value] of Object.entries(values))
			if (typeof value === "string") options[name] = value;
		for (const [name, { required }] of Object.entries(command.options))
			if (required && !options[name]) return wrong(`--${name} is missing.`);
		return { command, operands: positionals, options };
	} catch (error) {
		return wrong(error instanceof Error ? error.message : String(error));
	}
}

/** @returns the exit code: 0 done, 1 refused, 2 not understood. */
async function main(args: string[]): Promise<number> {
	if (args.length === 0 || args.includes("--help")) {
		process.stdout.write(usage);
		return args.length === 0 ? 2 : 0;
	}
	const parsed = parse(args);
	if (typeof parsed === "string") {
		process.stderr.write(parsed);
		return 2;
	}
	prepareEnv("production");
	const database = await openDatabase();
	try {
		const result = await parsed.command.run(database.db, parsed.operands, parsed.options);
		(result.ok ? process.stdout : process.stderr).write(`${result.text}\n`);
		return result.ok ? 0 : 1;
	} finally {
		await database.close();
	}
}

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	const plain = error instanceof FolderInUse || error instanceof EnvError;
	process.stderr.write(`${plain ? error.message : describe(error)}\n`);
	process.exitCode = 1;
}

/** A failed query's own message holds its parameters, secrets among them: only the cause is shown. */
function describe(error: unknown): string {
	const failed = error instanceof DrizzleQueryError;
	const cause = failed ? error.cause : error;
	const code = (cause as { code?: string } | undefined)?.code ?? "";
	if (["ECONNREFUSED", "ENOTFOUND", "28P01", "3D000"].includes(code))
		return `The database of DATABASE_URL cannot be used (${code}). Check that it runs, and its host, user, password and name.`;
	const text = cause instanceof Error ? cause.message : String(cause);
	if (failed) return `A query failed: ${text} (${code})`;
	return cause instanceof Error ? (cause.stack ?? text) : text;
}
