/**
 * A case of the corpus and how to run it: who is there before, what a client sends, what it is
 * answered by a directory as it is by default and by a strict one, and what is so afterwards. Knows
 * no server: it is given the addresses of doors, a way to a directory of its own and a way to its
 * database, so that the same cases run on each engine and against an application as it runs.
 */
import { readdirSync, readFileSync } from "node:fs";

type Sent = {
	method: string;
	path: string;
	headers?: Record<string, string | null>;
	body?: unknown;
	/** By the directory of another workspace, which is made for the case. */
	as?: "elsewhere";
	/** So many times at once; each is answered so. */
	parallel?: number;
};

type Expected = {
	status: number | number[];
	scimType?: string;
	/** What the answer holds at least. A list in it has no others. */
	answer?: Record<string, unknown>;
	/** What a list holds, in this order, each at least. */
	resources?: unknown[];
	/** What the answer does not hold, nor anything it lists. */
	without?: string[];
	/** Headers of the answer, as patterns. */
	headers?: Record<string, string>;
	/** What the member behind the person of the answer, or the first one, is like then. */
	member?: Record<string, unknown>;
};

/**
 * A request, and what it is answered. An answer of its own in a strict directory ends the case
 * there, but for what itself has `then`: after a refusal the rest would make no sense.
 */
export type Step = Expected & {
	request: Sent;
	strict?: "same" | (Expected & { then?: Step[] });
};

type Resources = Record<string, Record<string, unknown>>;

export type Case = Step & {
	title: string;
	/** How a strict directory answers: each case says it, if only that it is the same. */
	strict: Step["strict"];
	/** Who is there before. A `{name}` anywhere after stands for the id of that person or group. */
	people?: Resources;
	groups?: Resources;
	/** Who is in the directory of another workspace. */
	elsewhere?: { people?: Resources; groups?: Resources };
	/** What else is so before: names of `circumstances`. */
	given?: (keyof typeof circumstances)[];
	/** Sent before, and answered well; a directory becomes strict after it. */
	before?: Sent[];
	/** What is asked afterwards, and answered so. */
	then?: Step[];
};

/** The token of the key that a member has where a case says so. */
const apiKey = "ghk_a-key-of-a-member-for-the-corpus-of-cases";

/** What no request could bring about, as statements: see `about`. */
const circumstances = {
	"a revoked token": `update directory_tokens set revoked_at = now() where directory_id = $1`,
	"an expired token": `update directory_tokens set expires_at = now() - interval '1 minute'
		where directory_id = $1`,
	"a directory that is off": `update directories set enabled = false where id = $1`,
	"rows that cannot be read": `update directory_users set resource = 'null' where directory_id = $1`,
	"groups answered 200": `update directories set group_patch_answer = '200' where id = $1`,
	"an admin of no directory": `insert into members (workspace_id, id, email, email_key,
		email_proof, name, status, role_by_hand, role, created_by) values ($2, gen_random_uuid(),
		'boss@acme.test', 'boss@acme.test', 'mail', 'Boss', 'active', 'admin', 'admin', 'setup')`,
	"an API key of a member": `insert into api_keys (workspace_id, id, member_id, name, hash, prefix,
		scopes) select workspace_id, gen_random_uuid(), id, 'CI', rtrim(translate(encode(
		sha256('${apiKey}'), 'base64'), '+/', '-_'), '='), 'ghk_', '{me:read}' from members
		where workspace_id = $2 limit 1`,
} as const;

const folder = "lib/scim/fixtures";

/** A file of cases; most of its cases may have the same people. */
type File = Case[] | { people: Case["people"]; cases: Case[] };

/** Every case, by the client it comes from. */
export function corpus(): { client: string; file: string; cases: Case[] }[] {
	return readdirSync(folder, { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map(({ name }) => name)
		.sort()
		.flatMap((client) =>
			readdirSync(`${folder}/${client}`)
				.sort()
				.map((name) => {
					const text = readFileSync(`${folder}/${client}/${name}`, "utf8");
					const file = repeated(JSON.parse(text)) as File;
					const cases = Array.isArray(file)
						? file
						: file.cases.map((each) => ({ people: file.people, ...each }) as Case);
					return { client, file: name.replace(/\.json$/, ""), cases };
				}),
		);
}

/** Writes out `{ "times": 3, "of": … }` in a list: so many of it, `{n}` being the number of each. */
function repeated(value: unknown): unknown {
	if (Array.isArray(value))
		return value.flatMap((item) => {
			if (!isTimes(item)) return [repeated(item)];
			const text = JSON.stringify(item.of);
			return Array.from({ length: item.times }, (_, n) =>
				JSON.parse(text.replaceAll("{n}", String(n + 1))),
			);
		});
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, repeated(item)]));
}

const isTimes = (item: unknown): item is { times: number; of: unknown } =>
	typeof item === "object" && item !== null && "times" in item && "of" in item;

export type Mode = "default" | "strict";

/** What is sent and expected, in order, in a directory of a mode. */
export function stepsOf(example: Case, mode: Mode): Step[] {
	const steps: Step[] = [];
	let left: Step[] = [example, ...(example.then ?? [])];
	for (let step = left.shift(); step; step = left.shift()) {
		const own = mode === "strict" && typeof step.strict === "object" ? step.strict : undefined;
		steps.push(own ? { request: step.request, ...own } : step);
		if (own) left = [...(own.then ?? [])];
	}
	return steps;
}

/** Whether a directory is afterwards as it was: only read, or every change of it refused. */
const leavesAlone = (steps: Step[]): boolean =>
	steps.every(
		({ request: { method, path }, status }) =>
			method === "GET" || path.includes(".search") || [status].flat().every((each) => each >= 400),
	);

/** A workspace's directory that is on and has nobody in it, and a token of it. */
type Place = { workspaceId: string; directoryId: string; token: string };

/** Where cases run. */
export type World = {
	/** Origins that serve the same database, by the name of their door. */
	doors: Record<string, string>;
	newPlace: () => Promise<Place>;
	/** Runs a statement in the database. @returns its rows. */
	sql: (statement: string) => Promise<Record<string, unknown>[]>;
	/** What addresses of resources begin with, which a case writes as `{origin}`. */
	origin: string;
};

/** A directory with those of a case in it. */
type Scene = {
	place: Place;
	elsewhere: Place | undefined;
	/** Their ids by name, and what else a case may name so. */
	ids: Record<string, string>;
	/** The id of the first of its people. */
	first: string;
	/** What there was in its directories before. */
	before: { place: Place; rows: Record<string, unknown> }[];
	strict: boolean;
};

const modes: readonly Mode[] = ["strict", "default"];

/** The tables that a case writes to, and by what the rows of a directory or its workspace are found. */
const tables = {
	members: "workspace_id = $2",
	directory_users: "directory_id = $1",
	directory_groups: "directory_id = $1",
	directory_group_members: "directory_id = $1",
	removals: "workspace_id = $2",
	directory_departures: "workspace_id = $2",
};

/**
 * A way to run a case in each mode through each door, each time in a directory as it was before:
 * what a run changes is put back by its rows, which costs less than making everybody anew.
 */
export function runnerIn(world: World, look: Look): (example: Case) => Promise<void> {
	const kept = new Map<string, Scene[]>();
	return async (example) => {
		const { people, groups, elsewhere, given, before } = example;
		const setting = JSON.stringify([people, groups, elsewhere, given, before]);
		const scenes = kept.get(setting) ?? [];
		kept.set(setting, scenes);
		for (const mode of modes)
			for (const [door, origin] of Object.entries(world.doors))
				try {
					const steps = stepsOf(example, mode);
					const scene = scenes.pop() ?? (await prepare(example, world, origin, look));
					await setStrict(scene, world, mode === "strict");
					await play(steps, scene, world, origin, look);
					if (!leavesAlone(steps)) await putBack(scene, world);
					scenes.push(scene);
				} catch (error) {
					if (error instanceof Error) error.message = `${mode}, ${door}: ${error.message}`;
					throw error;
				}
	};
}

/** Every row that a case may change in the directories of a scene, as texts of JSON by table. */
async function rowsOf(place: Place, world: World): Promise<Record<string, unknown>> {
	const lists = Object.entries(tables).map(
		([table, mine]) =>
			`(select coalesce(json_agg(r), '[]')::text from ${table} r where ${mine}) as ${table}`,
	);
	const [row = {}] = await world.sql(about(place, `select ${lists.join(", ")}`));
	return row;
}

async function putBack(scene: Scene, world: World): Promise<void> {
	for (const { place, rows } of scene.before) {
		const deletions = Object.entries(tables).map(
			([table, mine]) => `${table}_gone as (delete from ${table} where ${mine})`,
		);
		await world.sql(about(place, `with ${deletions.join(", ")} select 1`));
		const insertions = Object.entries(rows).map(
			([table, list]) =>
				`${table}_back as (insert into ${table} select * from json_populate_recordset(
					null::${table}, '${String(list).replaceAll("'", "''")}'))`,
		);
		await world.sql(`with ${insertions.join(", ")} select 1`);
	}
}

/** Makes a directory and whoever a case has in it. */
async function prepare(example: Case, world: World, origin: string, look: Look): Promise<Scene> {
	const place = await world.newPlace();
	const other = example.elsewhere && (await world.newPlace());
	const ids: Record<string, string> = {
		origin: world.origin,
		workspace: place.workspaceId,
		...(other ? { elsewhere: other.workspaceId } : {}),
	};
	const make = async (at: Place, path: string, wanted: Resources = {}) => {
		for (const [name, body] of Object.entries(wanted)) {
			const request = { method: "POST", path, body: filled(body, ids) };
			const made = await send(request, origin, at.token);
			look.answer(made, { status: 201 });
			ids[name] = JSON.parse(made.text).id;
		}
	};
	await make(place, "/Users", example.people);
	await make(place, "/Groups", example.groups);
	if (other) {
		await make(other, "/Users", example.elsewhere?.people);
		await make(other, "/Groups", example.elsewhere?.groups);
	}
	for (const sent of example.before ?? [])
		look.answer(await send(filled(sent, ids), origin, place.token), { status: [200, 201, 204] });
	for (const name of example.given ?? []) await world.sql(about(place, circumstances[name]));
	const [name = ""] = Object.keys(example.people ?? {});
	const first = ids[name] ?? "";
	const there = [];
	for (const each of other ? [place, other] : [place])
		there.push({ place: each, rows: await rowsOf(each, world) });
	return { place, elsewhere: other, ids, first, before: there, strict: false };
}

/** A statement about one directory, `$1`, and its workspace, `$2`. */
const about = ({ directoryId, workspaceId }: Place, statement: string): string =>
	statement.replaceAll("$1", `'${directoryId}'`).replaceAll("$2", `'${workspaceId}'`);

async function setStrict(scene: Scene, world: World, strict: boolean): Promise<void> {
	if (scene.strict === strict) return;
	await world.sql(about(scene.place, `update directories set strict = ${strict} where id = $1`));
	scene.strict = strict;
}

/** Sends what a case sends, in order, and looks at what comes back. */
async function play(steps: Step[], scene: Scene, world: World, origin: string, look: Look) {
	const ids = { ...scene.ids };
	for (const [index, step] of steps.entries()) {
		const { request, member, ...expected } = filled(step, ids);
		const place = request.as === "elsewhere" ? scene.elsewhere : scene.place;
		if (!place) throw new Error("The case has nobody elsewhere.");
		const sent = Array.from({ length: request.parallel ?? 1 }, () =>
			send(request, origin, place.token),
		);
		const answers = await Promise.all(sent);
		for (const answer of answers) look.answer(answer, expected);
		if (index === 0 && answers[0]?.text) Object.assign(ids, namesIn(JSON.parse(answers[0].text)));
		if (!member) continue;
		const [row] = await world.sql(
			`select members.* from directory_users join members on members.workspace_id =
				directory_users.workspace_id and members.id = directory_users.member_id
				where directory_users.id = '${ids.answer ?? scene.first}'`,
		);
		look.member(row, member);
	}
}

/** What may be named of the first answer: its id, its cursor, and the same as written a day before. */
function namesIn({ id, nextCursor }: Record<string, unknown>): Record<string, string> {
	if (typeof id === "string") return { answer: id };
	if (typeof nextCursor !== "string") return {};
	const parts = JSON.parse(Buffer.from(nextCursor, "base64url").toString());
	parts[1] -= 86_400_000;
	return {
		cursor: nextCursor,
		oldCursor: Buffer.from(JSON.stringify(parts)).toString("base64url"),
	};
}

/** A value with the ids of its people and groups filled in. */
function filled<T>(value: T, ids: Record<string, string>): T {
	const text = JSON.stringify(value).replace(/\{(\w+)\}/g, (all, name) => ids[name] ?? all);
	return JSON.parse(text);
}

type Answer = { status: number; headers: Headers; text: string };

/** Sends over HTTP, with a token unless the request has an Authorization of its own. */
async function send(request: Sent, origin: string, token: string): Promise<Answer> {
	const { method, path, headers = {}, body } = request;
	const own = Object.keys(headers).some((name) => name.toLowerCase() === "authorization");
	const given = Object.entries(headers).flatMap(([name, value]) =>
		value === null ? [] : [[name, value]],
	);
	const response = await fetch(`${origin}/api/scim/v2${path}`, {
		method,
		headers: {
			...(own ? {} : { authorization: `Bearer ${token}` }),
			...(body === undefined ? {} : { "content-type": "application/scim+json" }),
			...Object.fromEntries(given),
		},
		...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
	});
	return { status: response.status, headers: response.headers, text: await response.text() };
}

/** What compares what came with what a case says of it. */
type Look = {
	answer: (answer: Answer, expected: Expected) => void;
	member: (row: Record<string, unknown> | undefined, expected: Record<string, unknown>) => void;
};

/** What vitest's expect and Playwright's both can. */
type Expect = {
	(
		value: unknown,
		message?: string,
	): {
		toMatchObject: (value: Record<string, unknown>) => void;
	};
	stringMatching: (pattern: RegExp) => unknown;
};

/** Statuses that are answered without a body. */
const isEmpty = (status: number) => status === 204 || status === 304;

/** Looks with a test's own `expect`. */
export const looksAs = (expect: Expect): Look => ({
	member: (row, expected) => expect(row).toMatchObject(expected),
	// All in one: a test of a browser writes a report of each thing it looks at.
	answer: ({ status, headers, text }, expected) => {
		const body = text === "" ? undefined : JSON.parse(text);
		const isRefusal = status >= 400;
		const allowed = [expected.status].flat().filter((each) => text !== "" || isEmpty(each));
		const { without = [], resources } = expected;
		const wanted = Object.entries(expected.headers ?? {});
		const all = [body ?? {}, ...(body?.Resources ?? [])];
		expect(
			{
				status,
				type: body && headers.get("content-type"),
				scimType: body?.scimType,
				headers: Object.fromEntries(wanted.map(([name]) => [name, headers.get(name)])),
				body,
				shown: without.filter((name) => all.some((each) => name in each)),
			},
			text,
		).toMatchObject({
			status: allowed.includes(status) ? status : allowed,
			type: body && "application/scim+json",
			scimType: isRefusal ? expected.scimType : undefined,
			headers: Object.fromEntries(
				wanted.map(([name, pattern]) => [name, expect.stringMatching(new RegExp(pattern))]),
			),
			body: body && {
				...(isRefusal ? { status: String(status), detail: expect.stringMatching(/\w/) } : {}),
				...expected.answer,
				...(resources ? { totalResults: resources.length, Resources: resources } : {}),
			},
			shown: [],
		});
	},
});
