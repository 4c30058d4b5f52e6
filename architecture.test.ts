/**
 * Who may import whom. The table below is the rule; this test reads every import of the sources
 * and holds it. The linter holds some of it in the editor too.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { parseSync } from "oxc-parser";
import { describe, expect, test } from "vitest";

/** A place in the sources: the longest of these that a path begins with. */
const places = {
	app: ["components", "lib", "db/client", "messages"],
	// Types of anything in lib are allowed beside: see `typesOnly`.
	components: [
		"lib/policy",
		"lib/platform/text",
		"lib/sso/draft",
		"lib/sso/guides",
		"lib/sso/providers",
		"lib/roles/permissions",
	],
	"components/ui": [],
	"lib/policy": [],
	"lib/platform": ["db", "messages"],
	"lib/activity": ["lib/platform", "db"],
	"lib/workspaces": ["nouns", "lib/policy", "lib/activity", "lib/platform", "db"],
	"lib/members": ["nouns", "lib/policy", "lib/activity", "lib/platform", "db"],
	"lib/roles": ["nouns", "lib/policy", "lib/activity", "lib/platform", "db"],
	"lib/groups": ["nouns", "lib/policy", "lib/activity", "lib/platform", "db"],
	"lib/accounts": ["nouns", "lib/policy", "lib/activity", "lib/platform", "db"],
	"lib/sso": ["lib/accounts", "nouns", "lib/policy", "lib/activity", "lib/platform", "db"],
	"lib/directory": ["lib/accounts", "nouns", "lib/policy", "lib/activity", "lib/platform", "db"],
	"lib/scim": ["lib/directory", "lib/activity", "lib/platform", "db"],
	"lib/impact": ["nouns", "lib/directory", "lib/sso", "lib/policy", "lib/platform", "db"],
	db: ["lib/platform", "lib/policy"],
	"db/testing": ["lib", "db"],
	scripts: ["lib", "db", "e2e", "messages"],
	e2e: ["lib", "db", "playwright.config"],
	"server.ts": ["lib", "db"],
	"proxy.ts": ["lib"],
} satisfies Record<string, string[]>;

/** The product's plain nouns may use each other. */
const nouns = ["lib/workspaces", "lib/members", "lib/roles", "lib/groups"];

/** Where a package may be imported. A package that is not named here is free. */
const packages: { name: RegExp; who: string; only: string[] }[] = [
	{
		name: /^(next|react|react-dom|next-auth|next-intl)(\/|$)/,
		who: "the framework",
		only: [
			"app/",
			"components/",
			"proxy.ts",
			"server.ts",
			"next.config.ts",
			"lib/accounts/next-auth.ts",
			"lib/accounts/browser.ts",
			"lib/accounts/session-cookie.ts",
			"lib/platform/i18n.ts",
		],
	},
	{ name: /^@boxyhq\/saml-jackson/, who: "jackson", only: ["lib/sso/broker.ts"] },
	{ name: /^(pg|@electric-sql\/pglite)(\/|$)/, who: "a database driver", only: ["db/"] },
	{ name: /^vitest/, who: "vitest", only: ["db/testing/", "vitest.config.ts"] },
];

/** Where the environment may be read: once for the product, and by what runs beside it. */
const readsEnvironment = [
	"lib/platform/env.ts",
	"db/testing/",
	"scripts/",
	"e2e/",
	"vitest.config.ts",
	"playwright.config.ts",
];

type Import = { from: string; typeOnly: boolean };
type Source = { path: string; text: string };

const isTest = (path: string) => /\.test\.tsx?$/.test(path);
const isIn = (path: string, prefixes: string[]) => prefixes.some((it) => path.startsWith(it));

/** The place a path belongs to. Anything else (a config file at the root) has no rule. */
function placeOf(path: string): keyof typeof places | undefined {
	return (Object.keys(places) as (keyof typeof places)[])
		.filter((place) => path === place || path.startsWith(`${place}/`))
		.sort((a, b) => b.length - a.length)[0];
}

function read({ path, text }: Source): { imports: Import[]; environment: boolean } {
	const { module, program, errors } = parseSync(path, text);
	if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
	const imports: Import[] = [
		...module.staticImports.map(({ moduleRequest, entries }) => ({
			from: moduleRequest.value,
			typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
		})),
		...module.staticExports.flatMap(({ entries }) =>
			entries.flatMap(({ moduleRequest, isType }) =>
				moduleRequest ? [{ from: moduleRequest.value, typeOnly: isType }] : [],
			),
		),
		...module.dynamicImports.map(({ moduleRequest }) => ({
			from: text.slice(moduleRequest.start, moduleRequest.end).replace(/^["'`]|["'`]$/g, ""),
			typeOnly: false,
		})),
	];
	return { imports, environment: mentions(program, "process", "env") };
}

/** Whether `object.property` stands anywhere in a syntax tree. */
function mentions(node: unknown, object: string, property: string): boolean {
	if (Array.isArray(node)) return node.some((each) => mentions(each, object, property));
	if (node === null || typeof node !== "object") return false;
	const { type, object: left, property: right } = node as Record<string, { name?: string }>;
	if (String(type) === "MemberExpression" && left?.name === object && right?.name === property)
		return true;
	return Object.values(node).some((each) => mentions(each, object, property));
}

/** What a file does that the table does not allow, a line each. */
function violations(source: Source): string[] {
	const { path } = source;
	const { imports, environment } = read(source);
	const found: string[] = [];
	if (environment && !isIn(path, readsEnvironment) && !isTest(path))
		found.push(`${path} reads process.env: only lib/platform/env.ts does`);
	for (const { from, typeOnly } of imports) {
		for (const rule of packages)
			if (rule.name.test(from) && !isIn(path, rule.only) && !(isTest(path) && /^vitest/.test(from)))
				found.push(`${path} imports ${from}: ${rule.who} stays in ${rule.only.join(", ")}`);
		const relative = from.startsWith(".");
		const target = relative
			? normalize(join(dirname(path), from))
			: from.startsWith("@/")
				? from.slice(2)
				: undefined;
		if (target === undefined) continue;
		const place = placeOf(path);
		if (from.startsWith("..") && placeOf(target) && placeOf(target) !== place)
			found.push(`${path} imports ${from}: leave a folder by @/ alone`);
		if (!place || mayImport(place, target, typeOnly, path)) continue;
		found.push(`${path} imports ${target}: ${place} may not`);
	}
	return found;
}

function mayImport(
	place: keyof typeof places,
	target: string,
	typeOnly: boolean,
	path: string,
): boolean {
	const allowed: string[] = places[place].flatMap((it) => (it === "nouns" ? nouns : it));
	const within = (folder: string) => target === folder || target.startsWith(`${folder}/`);
	if (placeOf(target) === place || allowed.some(within)) return true;
	// A component may name the shape of what it shows.
	if (typeOnly && place === "components" && within("lib")) return true;
	if (place === "components" && within("components/ui")) return true;
	if (typeOnly && within("lib/activity/actor")) return place !== "lib/policy";
	// A database test arranges its world by whatever part of the product makes it.
	if (path.endsWith(".db.test.ts") && within("lib")) return true;
	return isTest(path) && ["db/testing", "e2e/idp", "e2e/dns", "messages"].some(within);
}

const folders = ["app", "components", "lib", "db", "scripts", "e2e"];

function sources(): Source[] {
	const below = folders.flatMap((folder) =>
		readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
	);
	return [...below, ...readdirSync(".")]
		.map((path) => path.replaceAll("\\", "/"))
		.filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts"))
		.map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

describe("the sources", () => {
	const all = sources();

	test("import only what their place may", () => {
		expect(all.length).toBeGreaterThan(50);
		expect(all.flatMap(violations)).toEqual([]);
	});
});

describe("the rule itself", () => {
	test.each([
		["lib/policy/admit.ts", 'import { db } from "@/db/client";'],
		["lib/policy/admit.ts", 'import type { Actor } from "@/lib/activity/actor";'],
		["lib/directory/users.ts", 'import { patch } from "@/lib/scim/patch";'],
		["lib/directory/users.test.ts", 'import { patch } from "@/lib/scim/patch";'],
		["lib/members/members.ts", 'export { start } from "@/lib/accounts/sessions";'],
		["lib/members/members.ts", 'import { start } from "../accounts/sessions";'],
		["lib/members/members.ts", 'const load = () => import("@/lib/accounts/sessions");'],
		["components/members/list.tsx", 'import { list } from "@/lib/members/members";'],
		["components/ui/button.tsx", 'import { Row } from "@/components/members/row";'],
		["lib/sso/domains.ts", 'import { cookies } from "next/headers";'],
		["lib/sso/domains.ts", 'import { controllers } from "@boxyhq/saml-jackson";'],
		["lib/sso/domains.ts", "const port = process.env.PORT;"],
		["app/page.tsx", 'import { members } from "@/db/schema";'],
		["app/page.tsx", 'import pg from "pg";'],
	])("refuses in %s: %s", (path, text) => {
		expect(violations({ path, text })).not.toEqual([]);
	});

	test.each([
		["lib/policy/admit.ts", 'import { z } from "zod";'],
		["lib/policy/admit.ts", 'import type { Policy } from "./document";'],
		["lib/scim/endpoint.ts", 'import { createUser } from "@/lib/directory/users";'],
		["components/members/list.tsx", 'import type { Member } from "@/lib/members/members";'],
		["components/members/list.tsx", 'import { Button } from "@/components/ui/button";'],
		["lib/sso/broker.ts", 'const load = () => import("@boxyhq/saml-jackson");'],
		["lib/sso/domains.db.test.ts", 'import { freshDb } from "@/db/testing";'],
		["lib/sso/domains.db.test.ts", 'import { enableDirectory } from "@/lib/directory/directory";'],
	])("allows in %s: %s", (path, text) => {
		expect(violations({ path, text })).toEqual([]);
	});
});

test("migrations rise: the migrator skips one that is older than the last it ran", () => {
	const journal: { entries: { idx: number; when: number; tag: string }[] } = JSON.parse(
		readFileSync("db/migrations/meta/_journal.json", "utf8"),
	);
	const { entries } = journal;
	expect(entries.map(({ idx }) => idx)).toEqual(entries.map((_, index) => index));
	for (const [index, entry] of entries.entries())
		if (index > 0) expect(entry.when, entry.tag).toBeGreaterThan(entries[index - 1]?.when ?? 0);
	const files = readdirSync("db/migrations").filter((name) => name.endsWith(".sql"));
	expect(files.sort()).toEqual(entries.map(({ tag }) => `${tag}.sql`));
});
