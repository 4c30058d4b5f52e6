/**
 * lib/scim/clients acts as the IdPs do: a whole lifecycle, step by step, in each one's own request
 * shapes, against any SCIM base URL. Pure but for the `fetch` it is given; knows nothing of how the
 * other side answers.
 *
 *   session                            this file: one run, which sends, judges and cleans up
 *   okta, entra, jumpcloud, onelogin   what each sends, and what it takes for an answer
 *   rfc                                the same for no product: what the standard says
 *   people, expect                     whom they send, and what they look for
 *   steps                              what several of them do alike
 *   index                              all of them by name
 */

/** An answer, its body read. `body` is undefined where there was none, a text where it is not JSON. */
type Answer = { status: number; headers: Headers; body: unknown };

/** One request, and what the client would do with the answer. */
type Step = {
	/** What the IdP is doing, in words. */
	title: string;
	method: string;
	/** Behind the base URL, exactly as this client writes it. */
	path: string;
	body?: unknown;
	headers?: Record<string, string>;
	/** The statuses this client is content with. */
	status: number[];
	/** What is wrong with an answer of such a status; undefined where nothing is. */
	check?: (body: unknown) => string | undefined;
};

/** What became of a step: the status (0 where nothing was answered), the body, and what was wrong. */
export type Outcome = Step & { answered: number; answer: unknown; ms: number; surprise?: string };

/** What a lifecycle is played with. */
export type Cast = {
	/** Set apart from other runs: it is part of every name and id. */
	mark: string;
	/** The domain of the people's addresses. */
	domain: string;
	/** Whether groups are pushed too. */
	groups: boolean;
	/** What everybody has in `roles`. Null or left out: nothing is mapped to it. */
	role?: string | null;
};

/** One run: sends a step as its client and returns the answer. @throws GaveUp where nothing can follow. */
export type Session = {
	cast: Cast;
	send: (step: Step) => Promise<Answer>;
	/** Sends a step that makes a resource, and returns its id. What is made is cleared away at the end. */
	make: (step: Step & { path: "/Users" | "/Groups" }) => Promise<string>;
};

export type ClientProfile = {
	/** As people know it. */
	name: string;
	/** What it sends with every request. */
	headers: Record<string, string>;
	/** The media type of its bodies. */
	contentType: string;
	play: (session: Session) => Promise<void>;
};

/** Thrown where a step's answer leaves nothing to go on with. */
class GaveUp extends Error {
	override name = "GaveUp";
}

/** How requests reach the other side, and who hears of them. */
export type Connection = {
	/** The base URL, without a slash at its end. */
	url: string;
	token: string;
	fetch: (request: Request) => Promise<Response>;
	/** The other side takes everything back by itself: nothing is cleared away. */
	leaves?: boolean;
	/** Told of every step as it ends. */
	onStep?: (outcome: Outcome) => void;
};

/**
 * Plays a client's whole lifecycle and clears away what it made.
 * @returns every step, those with a `surprise` being what the client would have stumbled over.
 */
export async function replay(
	client: ClientProfile,
	connection: Connection,
	cast: Cast,
): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	const made: string[] = [];
	const send = async (step: Step): Promise<Answer> => {
		const began = performance.now();
		const sent = await ask(client, connection, step);
		const surprise = "failed" in sent ? sent.failed : surpriseIn(step, sent);
		const answer = "failed" in sent ? { status: 0, headers: new Headers(), body: undefined } : sent;
		const ms = performance.now() - began;
		const outcome = { ...step, answered: answer.status, answer: answer.body, ms };
		outcomes.push(surprise === undefined ? outcome : { ...outcome, surprise });
		connection.onStep?.(outcomes.at(-1) as Outcome);
		if ("failed" in sent) throw new GaveUp(sent.failed);
		return answer;
	};
	const make: Session["make"] = async (step) => {
		const id = idIn((await send(step)).body);
		if (id === undefined) throw new GaveUp("the answer has no id");
		made.push(`${step.path}/${encodeURIComponent(id)}`);
		return id;
	};
	try {
		await client.play({ cast, send, make });
		if (!connection.leaves) await clear(made, send);
	} catch (error) {
		if (!(error instanceof GaveUp)) throw error;
		// What the surprise was stands in the outcomes. Nothing of the run shall stay.
		if (!connection.leaves) await clear(made, send).catch(() => undefined);
	}
	return outcomes;
}

/** Deletes what a run has left, groups first. No part of what any client does. */
async function clear(made: string[], send: Session["send"]): Promise<void> {
	for (const path of [...made].sort())
		await send({ title: "Clear away", method: "DELETE", path, status: [204, 404] });
}

async function ask(
	client: ClientProfile,
	{ url, token, fetch }: Connection,
	{ method, path, body, headers }: Step,
): Promise<Answer | { failed: string }> {
	try {
		const response = await fetch(
			new Request(url + path, {
				method,
				headers: {
					authorization: `Bearer ${token}`,
					...client.headers,
					...(body === undefined ? {} : { "content-type": client.contentType }),
					...headers,
				},
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			}),
		);
		const text = await response.text();
		return { status: response.status, headers: response.headers, body: bodyOf(text) };
	} catch (error) {
		const cause = error instanceof Error ? (error.cause ?? error) : error;
		return { failed: `no answer: ${cause instanceof Error ? cause.message : String(cause)}` };
	}
}

function bodyOf(text: string): unknown {
	try {
		return text === "" ? undefined : JSON.parse(text);
	} catch {
		return text;
	}
}

function surpriseIn(step: Step, { status, headers, body }: Answer): string | undefined {
	if (!step.status.includes(status)) {
		const detail = isRecord(body) && typeof body.detail === "string" ? `: ${body.detail}` : "";
		return `answered ${status} instead of ${step.status.join(" or ")}${detail}`;
	}
	if (typeof body === "string") return "the body is not JSON";
	if (body !== undefined && !/^application\/(scim\+)?json/.test(headers.get("content-type") ?? ""))
		return `the Content-Type is ${headers.get("content-type") ?? "missing"}`;
	return step.check?.(body);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === "object" && value !== null && !Array.isArray(value);

function idIn(body: unknown): string | undefined {
	return isRecord(body) && typeof body.id === "string" && body.id !== "" ? body.id : undefined;
}
