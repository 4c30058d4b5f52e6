/** Calling a server action as the page's script does, with any session and any arguments. */
import { readFileSync } from "node:fs";
import type { APIRequestContext } from "@playwright/test";
import { baseUrl } from "../settings";
import { Form, type Ids } from "./table";

type Entry = { filename: string; exportedName: string; workers: Record<string, unknown> };

export type BuiltAction = {
	/** The file below app, and the name: "w/[workspace]/sso/actions.ts setEnabledAction". */
	name: string;
	id: string;
	/** The route of a page that has it: "/w/[workspace]/sso". */
	route: string;
};

/** Every action of the build. One that stands inside a page has a name that the build made up. */
export function builtActions(): BuiltAction[] {
	const manifest: { node: Record<string, Entry> } = JSON.parse(
		readFileSync(".next/server/server-reference-manifest.json", "utf8"),
	);
	return Object.entries(manifest.node).map(([id, { filename, exportedName, workers }]) => {
		const file = filename.replace(/^app\//, "");
		const [worker = ""] = Object.keys(workers);
		return {
			id,
			name: `${file} ${exportedName.startsWith("$$") ? "enter" : exportedName}`,
			route: `/${worker.replace(/^app\/?/, "").replace(/\/?page$/, "")}`,
		};
	});
}

export type Answer = { status: number; text: string; redirect: string };

/** Posts a call to a page that has the action. Redirects are not followed. */
export async function callAction(
	request: APIRequestContext,
	{ id, route }: BuiltAction,
	slug: string,
	ids: Ids,
	args: unknown[],
): Promise<Answer> {
	const path = route
		.replace("[workspace]", slug)
		.replace("[id]", route.includes("/members/") ? ids.member : ids.group)
		.replace("[key]", ids.role);
	const response = await request.fetch(path, {
		method: "POST",
		maxRedirects: 0,
		headers: { "next-action": id, origin: baseUrl, accept: "text/x-component" },
		...encoded([slug, ...args]),
	});
	const headers = response.headers();
	return {
		status: response.status(),
		text: await response.text(),
		redirect: headers["x-action-redirect"] ?? headers.location ?? "",
	};
}

/** Arguments as React writes them: forms as parts that the list of arguments refers to. */
function encoded(args: unknown[]): { data: string } | { multipart: Record<string, string> } {
	const parts: Record<string, string> = {};
	const list = args.map((arg, place) => {
		if (!(arg instanceof Form)) return arg;
		for (const [name, value] of Object.entries(arg.fields)) parts[`${place}_${name}`] = value;
		return `$K${place.toString(16)}`;
	});
	const text = JSON.stringify(list);
	if (Object.keys(parts).length === 0) return { data: text };
	return { multipart: { ...parts, 0: text } };
}
