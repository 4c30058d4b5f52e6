/**
 * The corpus of what real clients send (lib/scim/fixtures), over HTTP to the application as it runs:
 * each case by default and strict, through both doors, the server's own and Next's route. Many at
 * once. The same on each engine, without Next itself, is app/api/scim/doors.db.test.ts.
 */
import { corpus, looksAs, runnerIn } from "@/lib/scim/corpus";
import { expect, test } from "./fixtures";
import { baseUrl } from "./settings";

const lanes = 6;

test("every case of the corpus, by default and strict, through both doors", async ({
	newDirectories,
	nextDoor,
	sql,
}) => {
	test.slow();
	// The embedded database belongs to one server, so there it is the server's own door alone.
	const next = await nextDoor();
	if (next)
		await expect(async () => {
			expect((await fetch(`${next}/api/health`)).status).toBe(200);
		}).toPass({ timeout: 60_000 });
	const run = runnerIn(
		{
			doors: { "the server's door": baseUrl, ...(next ? { "Next's door": next } : {}) },
			newPlace: async () => {
				const [place] = await newDirectories(1);
				if (!place) throw new Error("there is no new directory");
				return place;
			},
			sql,
			origin: baseUrl,
		},
		looksAs(expect),
	);
	const failures: string[] = [];
	const left = corpus().flatMap(({ client, file, cases }) =>
		cases.map((example) => ({ name: `${client}, ${file}: ${example.title}`, example })),
	);
	const lane = async () => {
		for (let each = left.shift(); each; each = left.shift()) {
			const { name, example } = each;
			await run(example).catch((error: unknown) => {
				failures.push(`${name}: ${String(error).slice(0, 400)}`);
			});
		}
	};
	await Promise.all(Array.from({ length: lanes }, lane));
	expect(failures).toEqual([]);
});
