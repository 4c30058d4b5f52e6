import { ownPath } from "@/lib/platform/paths";

/** What the steps of signing in pass on in their address: the workspace asked for, and where to. */
export type LoginQuery = { workspace: string | null; next: string | null };

type Params = Record<string, string | string[] | undefined>;

/** Reads it from a page's search parameters. */
export function loginQuery(params: Params): LoginQuery {
	return read((name) => params[name]);
}

/** Reads it from a form. */
export function loginForm(form: FormData): LoginQuery {
	return read((name) => form.get(name));
}

function read(of: (name: keyof LoginQuery) => unknown): LoginQuery {
	const [workspace, next] = [of("workspace"), of("next")];
	return {
		// What cannot be a slug names no workspace, and may hold what no database takes.
		workspace:
			typeof workspace === "string" && /^[a-z0-9-]{1,48}$/.test(workspace) ? workspace : null,
		next: typeof next === "string" ? ownPath(next) : null,
	};
}

/** The address of a step, with what it passes on. */
export function loginPath(path: string, query: LoginQuery & Record<string, string | null>): string {
	const entries = Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]);
	const text = new URLSearchParams(entries).toString();
	return text ? `${path}?${text}` : path;
}

/** Hidden fields for a step's form. */
export function hiddenQuery({ workspace, next }: LoginQuery): Record<string, string | undefined> {
	return { workspace: workspace ?? undefined, next: next ?? undefined };
}
