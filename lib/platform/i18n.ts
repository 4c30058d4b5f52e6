/**
 * Where the words come from: each file of messages/en is a namespace of its own name, one a screen.
 * next-intl asks for this on every request (next.config.ts points it here).
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AbstractIntlMessages, IntlErrorCode } from "next-intl";
import { getRequestConfig } from "next-intl/server";
import { env } from "./env";
import { locale } from "./text";

const folderName = "en";

async function readMessages(): Promise<AbstractIntlMessages> {
	const folder = join(process.cwd(), "messages", folderName);
	const files = (await readdir(folder)).filter((name) => name.endsWith(".json"));
	const entries = await Promise.all(
		files.map(async (name) => [
			name.slice(0, -".json".length),
			JSON.parse(await readFile(join(folder, name), "utf8")),
		]),
	);
	return Object.fromEntries(entries);
}

let kept: Promise<AbstractIntlMessages> | undefined;

/** Read once in production; while developing, every request sees the files as they are. */
function messages(): Promise<AbstractIntlMessages> {
	if (env().NODE_ENV !== "production") return readMessages();
	kept ??= readMessages();
	return kept;
}

export default getRequestConfig(async () => ({
	locale,
	messages: await messages(),
	// The browser's own zone is used as soon as the page has loaded (components/ui/time.tsx).
	timeZone: "UTC",
	now: new Date(),
	onError(error) {
		// A missing text shows its key and must not take the page down with it.
		if (error.code !== IntlErrorCode.MISSING_MESSAGE) throw error;
	},
}));
