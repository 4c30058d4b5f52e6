/**
 * The permissions matrix: every page and action of a workspace asked by every role, by an admin of
 * another workspace, and by nobody. A24, A25.
 */
import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import type { APIRequestContext, Browser } from "@playwright/test";
import { builtInRoles, type Permission } from "@/lib/roles/permissions";
import { enterAs, expect, test } from "./fixtures";
import { builtActions, callAction } from "./permissions/call";
import { actions, type Ids, openActions, places } from "./permissions/table";
import type { Credentials, World } from "./world";

/** A custom role: some of an admin's permissions, and neither the policy nor members. */
const keeper: Permission[] = [
	"workspace.read",
	"members.read",
	"groups.manage",
	"roles.manage",
	"activity.read",
];
const roles: Record<string, readonly Permission[]> = {
	...Object.fromEntries(builtInRoles.map(({ key, permissions }) => [key, permissions])),
	keeper,
};

/** Ids that nobody has. */
const nobodys = (): Ids => ({
	member: randomUUID(),
	group: randomUUID(),
	connection: randomUUID(),
	invitation: randomUUID(),
	token: randomUUID(),
	key: randomUUID(),
	session: randomUUID(),
	test: randomUUID(),
	signIn: randomUUID(),
	role: "nobodys",
});

/** Requests with the session of whoever signs in; null: with none. */
async function requestsOf(
	browser: Browser,
	person: Credentials | null,
): Promise<APIRequestContext> {
	const context = await browser.newContext();
	if (person) await enterAs(await context.newPage(), person);
	return context.request;
}

const heading = (html: string) => /<h1[^>]*>([^<]*)/.exec(html)?.[1] ?? "";

type Sql = <Row>(statement: string) => Promise<Row[]>;

async function giveKeeper(sql: Sql, { workspace: { id } }: World, memberId: string) {
	const held = keeper.map((permission) => `'${permission}'`).join(", ");
	await sql(`insert into roles (workspace_id, key, name, rank, permissions)
		values ('${id}', 'keeper', 'Keeper', 150, array[${held}])`);
	await sql(`update members set role_by_hand = 'keeper', role = 'keeper' where id = '${memberId}'`);
}

/** A row of each kind in a workspace, and their ids. */
async function fill(sql: Sql, { workspace: { id }, members: [one] }: World): Promise<Ids> {
	const ids = { ...nobodys(), member: one?.id ?? "", role: "theirs" };
	const day = "now() + interval '1 day'";
	await sql(`insert into roles (workspace_id, key, name, rank, permissions)
		values ('${id}', 'theirs', 'Theirs', 10, '{}')`);
	await sql(`insert into groups (workspace_id, id, name, name_key)
		values ('${id}', '${ids.group}', 'Canary group', 'canary group')`);
	await sql(`insert into connections (workspace_id, id, name, provider, protocol, status, issuer,
			client_id, client_secret, secret_set_at, secret_set_by, metadata, idp_initiated, settings_hash)
		values ('${id}', '${ids.connection}', 'Canary provider', 'oidc', 'oidc', 'active', 'https://x.test',
			'client', 'sealed', now(), 'Ines', '{}', 'page', 'hash')`);
	await sql(`insert into sign_ins (workspace_id, id, code, connection_id, settings_hash, intent,
			browser_hash, code_verifier, started_at, expires_at, ended_at, outcome, reason, trace)
		values ('${id}', '${ids.signIn}', 'GH-CANARY', '${ids.connection}', 'hash', 'login',
			'browser', 'sealed', now(), ${day}, now(), 'refuse', 'state_unknown', '[]')`);
	await sql(`insert into invitations
			(workspace_id, id, email, email_key, role, token_hash, invited_by, expires_at)
		values ('${id}', '${ids.invitation}', 'canary@x.test', 'canary@x.test', 'viewer',
			'${ids.invitation}', 'Ines', ${day})`);
	await sql(`insert into directories (workspace_id, id, enabled) values ('${id}', '${id}', true)`);
	await sql(`insert into directory_tokens (workspace_id, id, directory_id, name, hash, prefix, created_by)
		values ('${id}', '${ids.token}', '${id}', 'Canary', '${ids.token}', 'ghd_', 'Ines')`);
	await sql(`insert into scim_requests (workspace_id, id, directory_id, token_name, at, method, path,
			status, milliseconds, redacted, cut, changed, notes)
		values ('${id}', '${ids.token}', '${id}', 'Canary', now(), 'GET', '/Users', 200, 1, false, false,
			'[]', '[]')`);
	await sql(`insert into api_keys (workspace_id, id, member_id, name, hash, prefix, scopes)
		values ('${id}', '${ids.key}', '${ids.member}', 'Canary', '${ids.key}', 'ghk_', '{}')`);
	return ids;
}

/** Everything of a workspace that an action could have changed. */
async function stateOf(sql: Sql, { workspace: { id } }: World): Promise<unknown> {
	const tables = {
		members: "id, name, email, status, role, role_by_hand, pinned_role, epoch",
		roles: "key, name, rank, permissions",
		groups: "id, name, default_role",
		group_members: "group_id, member_id",
		connections: "id, status, revision",
		invitations: "id, email, sent_at",
		directories: "id, enabled",
		directory_tokens: "id, revoked_at",
		api_keys: "id, revoked_at",
		policies: "revision",
		sessions: "id, member_id",
	};
	const state: Record<string, unknown> = {};
	for (const [table, columns] of Object.entries(tables))
		state[table] = await sql(
			`select ${columns} from ${table} where workspace_id = '${id}' order by ${columns}`,
		);
	return state;
}

const actionsOfWorkspaces = () =>
	builtActions().flatMap((built) => {
		const action = actions[built.name.replace(/^w\/\[workspace\]\//, "")];
		return action ? [{ built, action }] : [];
	});

test("the table has every page, route and action there is", () => {
	const folders = readdirSync("app/w/[workspace]", { recursive: true, encoding: "utf8" })
		.filter((path) => /(^|\/)(page\.tsx|route\.ts)$/.test(path))
		.map((path) => path.replace(/\/?(page\.tsx|route\.ts)$/, ""));
	expect(Object.keys(places).sort()).toEqual(folders.sort());
	const known = [
		...Object.keys(actions).map((name) => `w/[workspace]/${name}`),
		...Object.keys(openActions),
	];
	expect(known.sort()).toEqual(
		builtActions()
			.map(({ name }) => name)
			.sort(),
	);
});

for (const [role, held] of Object.entries(roles))
	test(`A24: what a ${role} may open and do, and nothing else`, async ({
		browser,
		newWorld,
		sql,
	}) => {
		test.slow();
		const world = await newWorld({
			// Else a directory that is on would close inviting to everybody.
			policy: { membersManagedBy: "workspace" },
			members: [
				{ name: "Canary Person", role: "viewer" },
				{ name: "Asking Person", role: role === "keeper" ? "viewer" : role },
			],
		});
		const asking = world.members[1];
		if (!asking) throw new Error("two were asked for");
		if (role === "keeper") await giveKeeper(sql, world, asking.id);
		const request = await requestsOf(browser, asking);
		const { slug } = world.workspace;
		const ids = await fill(sql, world);
		const may = (needs: Permission | "session") => needs === "session" || held.includes(needs);
		const before = await stateOf(sql, world);

		for (const [name, { needs, at, hidden, file }] of Object.entries(places)) {
			const response = await request.get(`/w/${slug}${at(ids)}`, { maxRedirects: 0 });
			const text = await response.text();
			const found = `${name}: ${response.status()} ${heading(text)}`;
			if (hidden) expect(response.status(), found).toBe(404);
			else if (may(needs)) {
				expect(response.status(), found).toBe(200);
				expect(heading(text), found).not.toMatch(/^You cannot open/);
			} else {
				if (file) expect(response.status(), found).toBe(403);
				else expect(heading(text), found).toMatch(/^You cannot open/);
				expect(text, name).not.toMatch(/Canary/);
			}
		}
		for (const { built, action } of actionsOfWorkspaces()) {
			// What everybody may do to themselves is tested where it is shown.
			if (action.needs === "session") continue;
			const target = may(action.needs) ? nobodys() : ids;
			const { status, text } = await callAction(request, built, slug, target, action.args(target));
			if (action.says) expect(text, built.name).toMatch(action.says);
			else if (may(action.needs)) {
				expect(status, `${built.name} ${text.slice(0, 500)}`).toBeLessThan(400);
				expect(text, built.name).not.toContain('"reason":"not_permitted"');
			} else expect(text, built.name).toContain('"reason":"not_permitted"');
		}
		expect(await stateOf(sql, world)).toEqual(before);
	});

test("A24: an admin of another workspace finds nothing by these ids, and changes nothing", async ({
	browser,
	newWorld,
	sql,
}) => {
	test.slow();
	const theirs = await newWorld({ members: [{ name: "Canary Person" }] });
	const own = await newWorld();
	const ids = await fill(sql, theirs);
	const request = await requestsOf(browser, own.admin);
	const before = await stateOf(sql, theirs);

	for (const [name, { at }] of Object.entries(places)) {
		// At their address there is no session of this browser.
		const there = await request.get(`/w/${theirs.workspace.slug}${at(ids)}`, { maxRedirects: 0 });
		expect(there.headers().location ?? "", name).toMatch(/\/login\?/);
		if (at(ids) === at(nobodys())) continue;
		// At one's own address their ids are nobody's.
		const here = await request.get(`/w/${own.workspace.slug}${at(ids)}`);
		expect(here.status(), name).toBe(404);
		expect(await here.text(), name).not.toMatch(/Canary/);
	}
	for (const { built, action } of actionsOfWorkspaces()) {
		const there = await callAction(request, built, theirs.workspace.slug, ids, action.args(ids));
		expect(there.redirect, built.name).toMatch(/\/login\?/);
		if (action.needs === "session") continue;
		const here = await callAction(request, built, own.workspace.slug, ids, action.args(ids));
		expect(here.text, built.name).not.toMatch(/Canary/);
	}
	expect(await stateOf(sql, theirs)).toEqual(before);
});

test("A25: without a session every page and action leads to /login, whatever the request says it is", async ({
	browser,
	newWorld,
	sql,
}) => {
	test.slow();
	const world = await newWorld({ members: [{ name: "Canary Person" }] });
	const ids = await fill(sql, world);
	const request = await requestsOf(browser, null);
	const { slug } = world.workspace;
	const before = await stateOf(sql, world);
	const subrequests = ["proxy", "src/proxy", "middleware", "src/middleware", "pages/_middleware"];
	const kinds: Record<string, Record<string, string>> = {
		"a page": {},
		...Object.fromEntries(
			subrequests.map((name) => [
				`x-middleware-subrequest: ${name}`,
				{ "x-middleware-subrequest": Array(5).fill(name).join(":") },
			]),
		),
		"an RSC request": { rsc: "1" },
		"a prefetch": { rsc: "1", "next-router-prefetch": "1" },
		"a prefetch of a segment": {
			rsc: "1",
			"next-router-prefetch": "1",
			"next-router-segment-prefetch": "/_tree",
		},
		"a prefetch by purpose": { purpose: "prefetch", "sec-purpose": "prefetch" },
		"an invoked path": { "x-invoke-path": `/w/${slug}`, "x-matched-path": `/w/${slug}` },
		"an address of our own": { "x-forwarded-host": "localhost", "x-forwarded-for": "127.0.0.1" },
	};
	for (const [name, { at }] of Object.entries(places))
		for (const [kind, headers] of Object.entries(kinds)) {
			const path = `/w/${slug}${at(ids)}`;
			// As Next's own router asks: without the parameter it would be led to it first.
			const router = headers.rsc && !headers["next-router-prefetch"];
			const asked = router ? `${path}${path.includes("?") ? "&" : "?"}_rsc` : path;
			const response = await request.get(asked, { headers, maxRedirects: 0 });
			const text = await response.text();
			const found = `${name} as ${kind}: ${response.status()}`;
			expect(text, found).not.toMatch(/Canary|Ines Moreau/);
			const { location = "" } = response.headers();
			// A prefetch may be answered with the frame of a page that asks again when it is opened.
			if (headers["next-router-prefetch"]) continue;
			expect(`${location} ${text}`, found).toMatch(/\/login\?/);
			if (!headers.rsc) expect(location, found).toMatch(/\/login\?/);
		}
	for (const { built, action } of actionsOfWorkspaces()) {
		const { redirect, text } = await callAction(request, built, slug, ids, action.args(ids));
		expect(redirect, built.name).toMatch(/\/login\?/);
		expect(text, built.name).not.toMatch(/Canary/);
	}
	expect(await stateOf(sql, world)).toEqual(before);
});
