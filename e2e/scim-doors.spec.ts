/**
 * The corpus of what real clients send (lib/scim/fixtures), over HTTP to the application as it runs,
 * through both doors: the server's own, and Next's route. Many at once, each in a workspace of its own.
 */
import { type Case, corpus, looksAs, runCase, sendTo } from "@/lib/scim/corpus";
import { expect, test } from "./fixtures";
import { baseUrl } from "./settings";
import type { DirectoryAccess } from "./world";

const cases = corpus().flatMap(({ client, file, cases }) =>
	cases.map((example) => ({ name: `${client}, ${file}: ${example.title}`, example })),
);
const lanes = 6;

type Sql = <Row>(statement: string) => Promise<Row[]>;

/** Sends every case to a server. @returns what went wrong, by case. */
async function failuresAt(origin: string, places: DirectoryAccess[], sql: Sql): Promise<string[]> {
	const failures: string[] = [];
	const left = cases.map((each, index) => ({ ...each, place: places[index] }));
	const lane = async () => {
		for (let next = left.shift(); next; next = left.shift()) {
			if (!next.place) throw new Error("there are fewer directories than cases");
			await run(next.example, next.place, origin, sql).catch((error: unknown) => {
				failures.push(`${next?.name}: ${String(error).slice(0, 400)}`);
			});
		}
	};
	await Promise.all(Array.from({ length: lanes }, lane));
	return failures;
}

async function run(example: Case, place: DirectoryAccess, origin: string, sql: Sql) {
	const { workspaceId, directoryId, token } = place;
	await runCase(
		example,
		{
			workspaceId,
			origin: baseUrl,
			send: sendTo(origin, token),
			makeStrict: async () => {
				await sql(`update directories set strict = true where id = '${directoryId}'`);
			},
		},
		looksAs(expect),
	);
}

test("every case of the corpus, through the server's own door", async ({ newDirectories, sql }) => {
	expect(await failuresAt(baseUrl, await newDirectories(cases.length), sql)).toEqual([]);
});

test("every case of the corpus, through Next's door", async ({ newDirectories, nextDoor, sql }) => {
	const origin = await nextDoor();
	test.skip(origin === null, "the embedded database belongs to one server");
	await expect(async () => {
		expect((await fetch(`${origin}/api/health`)).status).toBe(200);
	}).toPass({ timeout: 60_000 });
	const places = await newDirectories(cases.length);
	expect(await failuresAt(origin ?? "", places, sql)).toEqual([]);
});
