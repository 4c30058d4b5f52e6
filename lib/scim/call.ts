/** What every handler is given: one request of a recognised caller, and where it came from. */
import type { Db } from "@/db/client";
import type { Actor } from "@/lib/activity/actor";
import type { Caller } from "@/lib/directory/caller";
import type { ListedUser, Lookup } from "@/lib/directory/entries";
import type { RequestEntry } from "@/lib/directory/request-log";
import { notePassedOver } from "@/lib/directory/request-notes";
import type { Change } from "@/lib/directory/users";
import type { Incoming, Reply } from "@/lib/platform/exchange";
import type { Mode } from "./values";

/** What the endpoint needs from outside. */
export type ScimDeps = {
	db: Db;
	/** The origin people use; addresses of resources are built from it alone. */
	publicUrl: string;
	now: () => Date;
	/** Told of what no handler caught. */
	onError: (error: unknown) => void;
	/** Told of every request with a known token, once it is answered. */
	note?: (entry: RequestEntry) => void;
	/** Asked before each operation of a bulk, which ends where it says no. */
	goesOn?: () => Promise<boolean>;
	/** The most bytes of a body; 4 MiB unless said. */
	maxBody?: number;
};

export type Call = {
	deps: ScimDeps & { maxBody: number };
	request: Incoming;
	/** What stands in the place of `:id`; empty where the route has none. */
	id: string;
	query: URLSearchParams;
	/** The base URL as the client wrote it, with or without the workspace. */
	base: string;
	caller: Caller;
	actor: Actor;
	/** What the route's lookup found, read in the statement that recognised the token. */
	found: ListedUser[];
	lookup: Lookup | undefined;
};

export type Handler = (call: Call) => Reply | Promise<Reply>;

/** The change a call is about to make: where, by whom, when. */
export const changeOf = ({ caller, actor, deps }: Call): Change => ({
	directory: caller.directory,
	actor,
	now: deps.now(),
});

/** How tolerant to be with a call's body. What is ignored of it is noted. */
export const modeOf = ({ caller }: Call): Mode => ({
	strict: caller.directory.strict,
	ignored: (name) => notePassedOver(`There is no attribute "${name}": it was ignored.`),
});
