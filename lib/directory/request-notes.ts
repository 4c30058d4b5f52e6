/**
 * What becomes known of a request while it is answered, for the request log: who sent it, what
 * changed, what was passed over. Any function below the endpoint may add to it; without a request
 * under way it is nobody's and goes nowhere.
 */
import { AsyncLocalStorage } from "node:async_hooks";

export type RequestNotes = {
	directory: { workspaceId: string; id: string } | null;
	tokenName: string;
	/** The text of the body as it was read. */
	body: string | null;
	changed: Set<string>;
	passedOver: Set<string>;
};

// The same for every bundle of the process, since one may call the other.
const slot = Symbol.for("gatehouse.request-notes");
const shared = globalThis as { [slot]?: AsyncLocalStorage<RequestNotes> };

function storage(): AsyncLocalStorage<RequestNotes> {
	shared[slot] ??= new AsyncLocalStorage();
	return shared[slot];
}

/** Answers a request and collects what becomes known of it. */
export async function withNotes<T>(
	work: () => Promise<T>,
): Promise<{ result: T; notes: RequestNotes }> {
	const notes: RequestNotes = {
		directory: null,
		tokenName: "",
		body: null,
		changed: new Set(),
		passedOver: new Set(),
	};
	return { result: await storage().run(notes, work), notes };
}

/** Whose request it is. */
export function noteCaller(directory: RequestNotes["directory"], tokenName: string): void {
	const notes = storage().getStore();
	if (notes) Object.assign(notes, { directory, tokenName });
}

/** What was sent. */
export function noteBody(text: string): void {
	const notes = storage().getStore();
	if (notes) notes.body = text;
}

/** Names of attributes that are others now. */
export function noteChanged(names: readonly string[]): void {
	const notes = storage().getStore();
	for (const name of names) notes?.changed.add(name);
}

/** What was sent and has no effect, as a sentence. */
export function notePassedOver(what: string): void {
	storage().getStore()?.passedOver.add(what);
}
