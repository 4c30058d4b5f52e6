/** Holds the documents to the code: their links lead somewhere, the functions they name exist. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { reasonCodes } from "@/lib/policy/reasons";
import { providerPages } from "./provider-pages";
import { troubleshooting, withTables } from "./reasons-table";

const below = (folder: string, end: RegExp) =>
	readdirSync(folder, { recursive: true, encoding: "utf8" })
		.filter((name) => end.test(name))
		.map((name) => join(folder, name));

const documents = [
	...readdirSync(".").filter((name) => name.endsWith(".md")),
	...below("docs", /\.md$/),
];

describe("documents", () => {
	it.each(documents)("%s links to what is there", (path) => {
		const links = [...readFileSync(path, "utf8").matchAll(/\]\(([^)\s]+)\)/g)]
			.map(([, to = ""]) => to)
			.filter((to) => !/^(https?:|#)/.test(to));
		const lost = links.filter((to) => !existsSync(join(dirname(path), to.replace(/#.*/, ""))));
		expect(lost).toEqual([]);
	});

	it("ARCHITECTURE.md names functions and files that exist", () => {
		const code = ["app", "lib", "db"]
			.flatMap((folder) => below(folder, /\.tsx?$/))
			.map((path) => readFileSync(path, "utf8"))
			.join("\n");
		const named = [...readFileSync("ARCHITECTURE.md", "utf8").matchAll(/`([^`\n]+)`/g)].map(
			([, name = ""]) => name,
		);
		// Two words run together are a function's name here; a dot before it is its file's.
		const functions = named.filter((name) => /^([a-z]+\.)?[a-z]+[A-Z]\w*$/.test(name));
		const paths = named.filter((name) =>
			/^(app|lib|db|e2e|scripts|messages|components)\//.test(name),
		);
		const exported = (name: string) =>
			new RegExp(`(function|const) ${name.replace(/.*\./, "")}\\b`).test(code);
		expect(functions.length).toBeGreaterThan(40);
		expect(functions.filter((name) => name !== "globalThis" && !exported(name))).toEqual([]);
		expect(paths.filter((path) => !existsSync(path))).toEqual([]);
	});

	it("README.md has every variable of .env.example, and no other", () => {
		const rows = readFileSync("README.md", "utf8").match(/^\| `[A-Z_]+`.*$/gm) ?? [];
		const explained = rows.flatMap((row) => (row.split(" | ")[0] ?? "").match(/[A-Z_]+/g) ?? []);
		const example = readFileSync(".env.example", "utf8").matchAll(/^([A-Z_]+)=/gm);
		expect(explained.sort()).toEqual([...example].map(([, name]) => name).sort());
	});

	it("troubleshooting has every reason, as the product puts it", () => {
		const text = readFileSync(troubleshooting, "utf8");
		for (const code of reasonCodes) expect(text).toContain(`\`${code}\``);
		expect(text, "run: npx tsx scripts/reasons-table.ts").toBe(withTables(text));
	});

	it("the providers' pages say what the forms say", async () => {
		const pages = await providerPages();
		for (const [path, text] of pages)
			expect(readFileSync(path, "utf8"), `${path}: npx tsx scripts/provider-pages.ts`).toBe(text);
		const written = readdirSync("docs/providers").map((name) => join("docs/providers", name));
		expect(written.sort()).toEqual([...pages.keys()].sort());
	});
});
