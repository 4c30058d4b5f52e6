/** Writes every reason of lib/policy into docs/tasks/troubleshooting.md: why, and what to do. */
import { readFileSync, writeFileSync } from "node:fs";
import { type Reason, type Remedy, reasonCodes, reasons } from "@/lib/policy/reasons";

export const troubleshooting = "docs/tasks/troubleshooting.md";

const texts: Record<Reason, { why: string; fix: string }> = JSON.parse(
	readFileSync("messages/en/reasons.json", "utf8"),
);

const headings: Record<Remedy, string> = {
	person: "The person who signs in",
	admin: "An admin of the workspace",
	"provider admin": "Whoever runs the identity provider",
	operator: "The operator of the installation",
};

/** What stands in a text where the product puts a name or a value. */
const words: Record<string, string> = {
	provider: "the provider",
	workspace: "the workspace",
	email: "ada@acme.test",
	domain: "acme.test",
	expected: "*what was expected*",
	received: "*what came*",
};

function filled(text: string): string {
	const whole = text
		.replaceAll("the {provider}", "{provider}")
		.replace(/\{(\w+)\}/g, (_, name: string) => words[name] ?? name);
	return whole.replace(/(^|[.] )the /g, "$1The ");
}

function table(remedy: Remedy): string {
	const rows = reasonCodes
		.filter((code) => reasons[code].remedy === remedy)
		.map((code) => `| \`${code}\` | ${filled(texts[code].why)} | ${filled(texts[code].fix)} |`);
	return [`### ${headings[remedy]}`, "", "| Reason | Why | What to do |", "| --- | --- | --- |"]
		.concat(rows)
		.join("\n");
}

/** The document with the tables as they should be now. */
export function withTables(text: string): string {
	const tables = (Object.keys(headings) as Remedy[]).map(table).join("\n\n");
	return text.replace(
		/(<!-- Made from .*? -->\n).*(<!-- end -->)/s,
		(_, begin: string, end: string) => `${begin}\n${tables}\n\n${end}`,
	);
}

if (import.meta.filename === process.argv[1])
	writeFileSync(troubleshooting, withTables(readFileSync(troubleshooting, "utf8")));
