/**
 * A case of the corpus and how to run it: who is there before, what a client sends, what it is
 * answered, and what is so afterwards. Knows no server: it is given a way to send, so that the same
 * cases run in process, over each door of a real server, and on each database.
 */
import { readdirSync, readFileSync } from "node:fs";

type Sent = {
	method: string;
	path: string;
	headers?: Record<string, string>;
	body?: unknown;
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
};

export type Case = Expected & {
	title: string;
	strict?: boolean;
	/** Who is there before. A `{name}` anywhere after stands for the id of that person or group. */
	people?: Record<string, Record<string, unknown>>;
	groups?: Record<string, Record<string, unknown>>;
	/** Sent before, and answered well. */
	before?: Sent[];
	request: Sent;
	/** What the member behind the person of the answer, or the first one, is like. */
	member?: Record<string, unknown>;
	/** What is asked afterwards, and answered so. */
	then?: (Expected & { request: Sent })[];
};

type Answer = { status: number; headers: Headers; text: string };
type Send = (request: Sent) => Promise<Answer>;

/** What looks at an answer. */
type Look = (answer: Answer, expected: Expected) => void;

const folder = "lib/scim/fixtures";

/** A file of cases; most of its cases may have the same people. */
type File = Case[] | { people: Case["people"]; cases: Case[] };

/** Every case, by the client it comes from. */
export function corpus(): { client: string; file: string; cases: Case[] }[] {
	return readdirSync(folder)
		.sort()
		.flatMap((client) =>
			readdirSync(`${folder}/${client}`)
				.sort()
				.map((name) => {
					const text = readFileSync(`${folder}/${client}/${name}`, "utf8");
					const file = JSON.parse(text) as File;
					const cases = Array.isArray(file)
						? file
						: file.cases.map((each) => ({ people: file.people, ...each }) as Case);
					return { client, file: name.replace(/\.json$/, ""), cases };
				}),
		);
}

/** A way to a directory of its own: sending with its token, and making it strict. */
export type World = {
	send: Send;
	makeStrict: () => Promise<void>;
	workspaceId: string;
	/** What addresses of resources begin with, which a case writes as `{origin}`. */
	origin: string;
};

/**
 * Runs a case in a directory that is empty.
 * @returns the ids by name, and that of the answer, for whoever looks further.
 */
export async function runCase(example: Case, world: World, look: Look) {
	const ids: Record<string, string> = {
		workspace: world.workspaceId,
		origin: world.origin,
	};
	const make = async (path: string, wanted: Record<string, Record<string, unknown>> = {}) => {
		for (const [name, body] of Object.entries(wanted)) {
			const made = await world.send({ method: "POST", path, body: filled(body, ids) });
			look(made, { status: 201 });
			ids[name] = JSON.parse(made.text).id;
		}
	};
	await make("/Users", example.people);
	await make("/Groups", example.groups);
	if (example.strict) await world.makeStrict();
	for (const sent of example.before ?? [])
		look(await world.send(filled(sent, ids)), { status: [200, 201, 204] });
	const { request, then = [], ...expected } = filled(example, ids);
	const answer = await world.send(request);
	look(answer, expected);
	const made: unknown = answer.text === "" ? undefined : JSON.parse(answer.text).id;
	if (typeof made === "string") ids.answer = made;
	for (const next of then) {
		const { request: asked, ...found } = filled(next, ids);
		look(await world.send(asked), found);
	}
	return { ids, expected };
}

/** A value with the ids of its people and groups filled in. */
function filled<T>(value: T, ids: Record<string, string>): T {
	const text = JSON.stringify(value).replace(/\{(\w+)\}/g, (all, name) => ids[name] ?? all);
	return JSON.parse(text);
}

/** Sends over HTTP, with a token unless the case has an Authorization of its own. */
export const sendTo =
	(origin: string, token: string): Send =>
	async ({ method, path, headers = {}, body }) => {
		const own = Object.keys(headers).some((name) => name.toLowerCase() === "authorization");
		const given = Object.entries(headers).filter(([, value]) => value !== null);
		const response = await fetch(`${origin}/api/scim/v2${path}`, {
			method,
			headers: {
				...(own ? {} : { authorization: `Bearer ${token}` }),
				...(body === undefined ? {} : { "content-type": "application/scim+json" }),
				...Object.fromEntries(given),
			},
			...(body === undefined
				? {}
				: { body: typeof body === "string" ? body : JSON.stringify(body) }),
		});
		return { status: response.status, headers: response.headers, text: await response.text() };
	};

/** What vitest's expect and Playwright's both can. */
type Expect = (
	value: unknown,
	message?: string,
) => {
	toMatchObject: (value: Record<string, unknown> | unknown[]) => void;
	toContain: (value: unknown) => void;
	toMatch: (value: RegExp) => void;
	toBe: (value: unknown) => void;
	not: { toHaveProperty: (path: string[]) => void };
};

/** Compares an answer with what a case says of it. */
export const looksAs =
	(expect: Expect): Look =>
	({ status, headers, text }, expected) => {
		expect([expected.status].flat(), text).toContain(status);
		const body = text === "" ? undefined : JSON.parse(text);
		if (body === undefined) expect([204, 304]).toContain(status);
		else expect(headers.get("content-type")).toBe("application/scim+json");
		if (status >= 400) {
			expect(body).toMatchObject({ status: String(status) });
			expect(String(body.detail)).toMatch(/\w/);
		}
		if (status !== 204 && status !== 304) expect(body.scimType).toBe(expected.scimType);
		for (const [name, value] of Object.entries(expected.headers ?? {}))
			expect(headers.get(name)).toMatch(new RegExp(value));
		if (expected.answer) expect(body).toMatchObject(expected.answer);
		if (expected.resources)
			expect(body).toMatchObject({
				totalResults: expected.resources.length,
				Resources: expected.resources,
			});
		for (const name of expected.without ?? [])
			for (const each of [body ?? {}, ...(body?.Resources ?? [])])
				expect(each).not.toHaveProperty([name]);
	};
