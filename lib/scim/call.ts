/** What every handler is given: one request of a recognised caller, and where it came from. */
import type { Db } from "@/db/client";
import type { Actor } from "@/lib/activity/actor";
import type { Caller } from "@/lib/directory/caller";
import type { DirectoryUser, Lookup } from "@/lib/directory/entries";
import type { RequestEntry } from "@/lib/directory/request-log";

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
	/** The most bytes of a body; 1 MiB unless said. */
	maxBody?: number;
};

export type Call = {
	deps: ScimDeps & { maxBody: number };
	request: Request;
	/** What stands in the place of `:id`; empty where the route has none. */
	id: string;
	query: URLSearchParams;
	/** The base URL as the client wrote it, with or without the workspace. */
	base: string;
	caller: Caller;
	actor: Actor;
	/** What the route's lookup found, read in the statement that recognised the token. */
	found: DirectoryUser[];
	lookup: Lookup | undefined;
};

export type Handler = (call: Call) => Response | Promise<Response>;
