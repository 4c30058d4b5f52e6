/**
 * Many operations in one request (RFC 7644 §3.7). Each is answered as if it had come alone, in a
 * transaction of its own. An operation that names what another creates (`bulkId:...`) waits for it;
 * where two wait for each other, one is created without the reference and completed afterwards.
 */
import { isOk, type Reply } from "@/lib/platform/exchange";
import { readJson } from "./body";
import type { Call, ScimDeps } from "./call";
import { badRequest, errorResponse, ScimError, scimResponse } from "./errors";
import { checkMessage, field, maxOperations } from "./patch";
import { isRecord } from "./schema";

const requestSchema = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const responseSchema = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
const methods = ["POST", "PUT", "PATCH", "DELETE"];
const reference = /^bulkId:(.+)$/;

type Operation = {
	method: string;
	path: string;
	bulkId: string | undefined;
	version: string | undefined;
	data: unknown;
	/** Why it cannot be carried out, whatever the others do. */
	fault?: ScimError | undefined;
};

/** Answers one operation as a request of its own. Never throws. */
export type Perform = (operation: Operation) => Promise<Reply>;

type Outcome = { operation: Operation; response: Reply };

/** @throws ScimError 400 for a message that cannot be understood, 413 for too many operations. */
export async function answerBulk(call: Call, perform: Perform): Promise<Reply> {
	const { operations, failOnErrors } = readBulk(await readJson(call), call.caller.directory);
	const run = new Run(perform, call, failOnErrors);
	await run.all(operations);
	const Operations = run.outcomes.flatMap((outcome) => (outcome ? presentOutcome(outcome) : []));
	return scimResponse(200, { schemas: [responseSchema], Operations });
}

function readBulk(body: unknown, mode: { strict: boolean }) {
	if (!isRecord(body)) throw badRequest("invalidSyntax", "The body must be a JSON object.");
	checkMessage(requestSchema, body, mode);
	const sent = field(body, "Operations");
	if (!Array.isArray(sent)) throw badRequest("invalidSyntax", "Operations must be a list.");
	if (sent.length > maxOperations)
		throw new ScimError(413, undefined, `There are more than ${maxOperations} operations.`);
	const failOnErrors = field(body, "failOnErrors") ?? 0;
	if (typeof failOnErrors !== "number" || !Number.isInteger(failOnErrors) || failOnErrors < 0)
		throw badRequest("invalidSyntax", "failOnErrors must be a whole number.");
	const operations = sent.map((item) => readOperation(item, mode));
	const ids = operations.flatMap(({ bulkId }) => bulkId ?? []);
	if (new Set(ids).size < ids.length)
		throw badRequest("invalidSyntax", "A bulkId names two operations.");
	return { operations, failOnErrors };
}

function readOperation(raw: unknown, mode: { strict: boolean }): Operation {
	if (!isRecord(raw)) throw badRequest("invalidSyntax", "An operation must be an object.");
	const [method, path, bulkId, version] = ["method", "path", "bulkId", "version"].map((name) =>
		field(raw, name),
	);
	const text = (value: unknown) => (typeof value === "string" ? value : undefined);
	const operation = {
		method: mode.strict ? (text(method) ?? "") : (text(method) ?? "").toUpperCase(),
		path: text(path) ?? "",
		bulkId: text(bulkId),
		version: text(version),
		data: field(raw, "data"),
	};
	return { ...operation, fault: faultIn(operation, mode) };
}

/** What is wrong with an operation as it stands. The others are carried out beside it (§3.7.3). */
function faultIn({ method, path, bulkId }: Operation, mode: { strict: boolean }) {
	if (!methods.includes(method))
		return badRequest("invalidSyntax", `method must be one of ${methods.join(", ")}.`);
	if (!path.startsWith("/"))
		return badRequest("invalidSyntax", 'path must be a text such as "/Users".');
	if (method === "POST" && mode.strict && bulkId === undefined)
		return badRequest("invalidSyntax", "An operation POST needs a bulkId.");
	return undefined;
}

/** The operations under way, by their place in the request. */
class Run {
	readonly outcomes: (Outcome | undefined)[] = [];
	/** The ids that came of bulkIds; null where the operation failed. */
	private readonly ids = new Map<string, string | null>();
	private errors = 0;
	private readonly perform: Perform;
	private readonly base: string;
	private readonly failOnErrors: number;
	private readonly goesOn: ScimDeps["goesOn"];

	constructor(perform: Perform, { base, deps }: Call, failOnErrors: number) {
		this.perform = perform;
		this.base = base;
		this.failOnErrors = failOnErrors;
		this.goesOn = deps.goesOn;
	}

	async all(operations: Operation[]): Promise<void> {
		const named = new Set(operations.flatMap(({ bulkId }) => bulkId ?? []));
		let waiting = operations.map((operation, place) => ({ operation, place }));
		const incomplete: typeof waiting = [];
		while (waiting.length > 0) {
			const later: typeof waiting = [];
			for (const item of waiting) {
				if (await this.isOver()) return;
				const open = this.openIn(item.operation).filter((id) => named.has(id));
				if (open.length > 0) later.push(item);
				else await this.one(item.operation, item.place);
			}
			// All that are left wait for each other: one is begun without what it waits for.
			if (later.length === waiting.length) {
				const at = Math.max(
					0,
					later.findIndex(({ operation: { method, bulkId } }) => method === "POST" && bulkId),
				);
				const [first] = later.splice(at, 1);
				if (first) {
					const { data, ...rest } = first.operation;
					await this.one({ ...rest, data: this.without(data) }, first.place);
					incomplete.push(first);
				}
			}
			waiting = later;
		}
		for (const { operation, place } of incomplete) await this.complete(operation, place);
	}

	/** The references of an operation that are not known yet. */
	private openIn({ path, data }: Operation): string[] {
		return [...referencesIn(path.split("/")), ...referencesIn(data)].filter(
			(id) => !this.ids.has(id),
		);
	}

	private async one(operation: Operation, place: number): Promise<void> {
		const response = await this.ask(operation);
		this.outcomes[place] = { operation, response };
		if (!isOk(response)) this.errors += 1;
		if (operation.bulkId !== undefined) {
			const made = operation.method === "POST" && isOk(response);
			const id = made ? response.headers.location?.split("/").at(-1) : undefined;
			this.ids.set(operation.bulkId, id ?? null);
		}
	}

	/**
	 * What was created without its references is replaced by what was meant. The answer stays that
	 * of the POST but for the version; a refusal says where what is incomplete now stands.
	 */
	private async complete(operation: Operation, place: number): Promise<void> {
		const id = this.ids.get(operation.bulkId ?? "");
		if (!id || (await this.isOver())) return;
		const { path, data } = operation;
		const response = await this.ask({
			...operation,
			method: "PUT",
			path: `${path}/${id}`,
			version: undefined,
			data,
		});
		if (!isOk(response)) this.errors += 1;
		const created = this.outcomes[place]?.response ?? response;
		const headers = { ...created.headers, ...response.headers };
		const last = isOk(response) ? created : response;
		this.outcomes[place] = { operation, response: { ...last, headers } };
	}

	/** An operation's answer, with the address of its resource wherever there is one (§3.7). */
	private async ask(operation: Operation): Promise<Reply> {
		if (operation.fault) return errorResponse(operation.fault);
		try {
			const path = operation.path
				.split("/")
				.map((segment) => this.resolved(segment))
				.join("/");
			const data = this.filled(operation.data);
			const response = await this.perform({ ...operation, path, data });
			// Only a POST has to tell: any other is about the address it was sent to, refused or not.
			if (operation.method === "POST") return response;
			return { ...response, headers: { ...response.headers, location: `${this.base}${path}` } };
		} catch (error) {
			if (error instanceof ScimError) return errorResponse(error);
			throw error;
		}
	}

	/** A text with the id its reference stands for. @throws ScimError 400 for one of nothing. */
	private resolved(text: string): string {
		const bulkId = reference.exec(text)?.[1];
		if (bulkId === undefined) return text;
		const id = this.ids.get(bulkId);
		if (!id) throw badRequest("invalidValue", `No operation of this request created "${bulkId}".`);
		return id;
	}

	private filled(value: unknown): unknown {
		if (typeof value === "string") return this.resolved(value);
		if (Array.isArray(value)) return value.map((item) => this.filled(item));
		if (!isRecord(value)) return value;
		return Object.fromEntries(
			Object.entries(value).map(([name, item]) => [name, this.filled(item)]),
		);
	}

	/** A value without the objects that hold an open reference. */
	private without(value: unknown): unknown {
		const refers = (item: unknown) =>
			typeof item === "string" && referencesIn(item).some((id) => !this.ids.has(id));
		const isOpen = (item: unknown) =>
			refers(item) || (isRecord(item) && Object.values(item).some(refers));
		if (Array.isArray(value))
			return value.filter((item) => !isOpen(item)).map((item) => this.without(item));
		if (!isRecord(value)) return value;
		return Object.fromEntries(
			Object.entries(value)
				.filter(([, item]) => !isOpen(item))
				.map(([name, item]) => [name, this.without(item)]),
		);
	}

	private async isOver(): Promise<boolean> {
		if (this.failOnErrors > 0 && this.errors >= this.failOnErrors) return true;
		return this.goesOn ? !(await this.goesOn()) : false;
	}
}

/** The bulkIds a value refers to. */
function referencesIn(value: unknown): string[] {
	if (typeof value === "string") {
		const id = reference.exec(value)?.[1];
		return id === undefined ? [] : [id];
	}
	if (Array.isArray(value)) return value.flatMap(referencesIn);
	return isRecord(value) ? Object.values(value).flatMap(referencesIn) : [];
}

function presentOutcome({ operation, response }: Outcome) {
	const { method, bulkId, path } = operation;
	const [location, version] = [response.headers.location, response.headers.etag];
	const body = isOk(response) ? null : response.body;
	return {
		...(location ? { location } : {}),
		method,
		...(bulkId === undefined ? {} : { bulkId }),
		...(version ? { version } : {}),
		path,
		status: String(response.status),
		...(body === null ? {} : { response: JSON.parse(body) }),
	};
}
