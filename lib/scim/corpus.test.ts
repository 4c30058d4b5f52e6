/** The corpus itself: whatever a case says is looked at, and it says what both modes answer. */
import { describe, expect, test } from "vitest";
import { type Case, corpus, type Step, stepsOf } from "./corpus";

const files = corpus();

const answered = [
	"status",
	"scimType",
	"headers",
	"answer",
	"resources",
	"without",
	"member",
	"then",
];
const known = {
	case: [
		...["title", "people", "groups", "elsewhere", "given", "before", "request", "strict"],
		...answered,
	],
	step: ["request", "strict", ...answered.filter((key) => key !== "then")],
	sent: ["method", "path", "headers", "body", "as", "parallel"],
};

/** Keys that nothing reads, which a slip of the pen makes. */
const unread = (value: object, keys: string[]) =>
	Object.keys(value).filter((key) => !keys.includes(key));

function unreadIn(step: Step, keys = known.step): string[] {
	const own = typeof step.strict === "object" ? step.strict : {};
	const { then = [] }: { then?: Step[] } = own;
	return [
		...unread(step, keys),
		...unread(step.request, known.sent),
		...unread(own, answered),
		...then.flatMap((next) => unreadIn(next)),
	];
}

describe.each(files)("$client, $file", ({ cases }) => {
	test("each case has a name of its own", () => {
		const titles = cases.map(({ title }) => title);
		expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
	});

	test.each(cases)("$title", (example: Case) => {
		const { strict, before = [], then = [] } = example;
		expect(strict === "same" || typeof strict === "object", "it says what strict answers").toBe(
			true,
		);
		expect([
			...unreadIn(example, known.case),
			...before.flatMap((sent) => unread(sent, known.sent)),
			...then.flatMap((next) => unreadIn(next)),
		]).toEqual([]);
		for (const mode of ["default", "strict"] as const)
			for (const { status, scimType, request } of stepsOf(example, mode)) {
				const all = [status].flat();
				expect(all.length > 0 && all.every((each) => each >= 200 && each < 600)).toBe(true);
				// RFC 7644 §3.12: a 400 says which kind it is.
				if (all.includes(400)) expect(scimType, `${mode}: ${request.path}`).toBeTruthy();
			}
	});
});

test("a strict answer of its own ends a case, but for what itself has", () => {
	// As a file has it: an object with a `then` is no thing to write in a program.
	const example = JSON.parse(`{
		"request": { "path": "/1" },
		"status": 200,
		"strict": { "status": 400, "then": [{ "request": { "path": "/4" }, "status": 404 }] },
		"then": [
			{ "request": { "path": "/2" }, "status": 200, "strict": { "status": 400 } },
			{ "request": { "path": "/3" }, "status": 200 }
		]
	}`) as Case;
	const paths = (each: Case, mode: "default" | "strict") =>
		stepsOf(each, mode).map(({ request, status }) => [request.path, status]);
	expect(paths(example, "default")).toEqual([
		["/1", 200],
		["/2", 200],
		["/3", 200],
	]);
	expect(paths(example, "strict")).toEqual([
		["/1", 400],
		["/4", 404],
	]);
	expect(paths({ ...example, strict: "same" }, "strict")).toEqual([
		["/1", 200],
		["/2", 400],
	]);
});
