import { readdirSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { guidesFolder, readGuide } from "./guide-files";
import { type Guide, type GuideFact, type GuideProtocol, pieces, stepsDone } from "./guides";
import { providers } from "./providers";

const wanted = providers.flatMap(({ key, speaks, scim }) =>
	([...speaks, ...(scim ? ["scim" as const] : [])] as GuideProtocol[]).map((protocol) => ({
		key,
		protocol,
		file: `${key}-${protocol}.json`,
	})),
);

/** Every sentence of a guide that may carry marks. */
const sentences = (guide: Guide) => [
	guide.advice ?? "",
	...guide.needs,
	...guide.bring.map(({ where }) => where),
	...guide.steps.map(({ text }) => text),
	...guide.trouble.flatMap(({ says, cause }) => [says, cause]),
	...guide.good,
];

const valuesOf = (guide: Guide) =>
	guide.steps.flatMap(({ values }) => (values ?? []).map(({ of }) => of));

describe("the guides", () => {
	it("are one a provider and protocol it speaks, and no other", () => {
		expect(readdirSync(guidesFolder).sort()).toEqual(wanted.map(({ file }) => file).sort());
	});

	test.each(wanted)("$file can be followed", async ({ key, protocol }) => {
		const guide = await readGuide(key, protocol);
		const given = valuesOf(guide);
		const until = guide.steps.map((step) => step.until);
		if (protocol === "oidc") {
			expect(given).toContain("redirectUri");
			expect(until).toContain("issuer");
			expect(guide.bring.map(({ field }) => field)).toEqual(
				expect.arrayContaining(["issuer", "clientId", "clientSecret"]),
			);
		}
		if (protocol === "saml") {
			expect(given).toEqual(expect.arrayContaining(["acsUrl", "entityId"]));
			expect(until).toContain("metadata");
			expect(guide.release.length).toBeGreaterThan(1);
		}
		if (protocol === "scim") {
			expect(given).toContain("scimUrl");
			expect(until).toContain("called");
			expect(until.at(-1) ?? "people").toBe("people");
		}
		for (const sentence of sentences(guide)) {
			const text = pieces(sentence)
				.filter(({ kind }) => kind === "text")
				.map((piece) => piece.text)
				.join("");
			// A mark that was not closed is still in the text.
			expect(text).not.toMatch(/\*|`|\]\(/);
		}
	});

	it("speak the providers' own words for our values", async () => {
		const labels = async (key: string, protocol: GuideProtocol) =>
			(await readGuide(key, protocol)).steps.flatMap(({ values }) =>
				(values ?? []).map(({ of, label }) => `${of}: ${label}`),
			);
		expect(await labels("okta", "saml")).toEqual([
			"acsUrl: Single sign-on URL",
			"entityId: Audience URI (SP Entity ID)",
		]);
		expect(await labels("entra", "scim")).toEqual(["scimUrl: Tenant URL"]);
		expect(await labels("okta", "scim")).toContain("scimUrl: SCIM connector base URL");
		expect(await labels("jumpcloud", "saml")).toEqual(
			expect.arrayContaining(["entityId: SP Entity ID", "acsUrl: ACS URLs"]),
		);
		expect(await labels("cloudflare", "saml")).toEqual(
			expect.arrayContaining(["entityId: Entity ID", "acsUrl: Assertion Consumer Service URL"]),
		);
		expect(await labels("onelogin", "oidc")).toEqual([
			"loginUrl: Login Url",
			"redirectUri: Redirect URI's",
			"initiateUrl: Login Url, straight in",
		]);
		expect(await labels("okta", "oidc")).toContain("initiateUrl: Initiate login URI");
	});

	it("of directory sync say that a token is shown once, and JumpCloud's what its test does", async () => {
		for (const { key, protocol } of wanted.filter((each) => each.protocol === "scim"))
			expect(JSON.stringify(await readGuide(key, protocol))).toContain("shown once");
		expect(JSON.stringify(await readGuide("jumpcloud", "scim"))).toMatch(
			/makes that person here and deletes them again/,
		);
	});

	it("of a provider without its own is the one for any", async () => {
		expect(await readGuide("google", "scim")).toEqual(await readGuide("oidc", "scim"));
		expect(await readGuide("somebody-else", "oidc")).toEqual(await readGuide("oidc", "oidc"));
	});
});

describe("steps tick themselves", () => {
	const steps: Pick<Guide["steps"][number], "values" | "until">[] = [
		{},
		{
			values: [
				{ of: "acsUrl", label: "A" },
				{ of: "entityId", label: "B" },
				{ of: "loginUrl", label: "C", optional: true },
			],
		},
		{},
		{ until: "metadata" },
		{ until: "tested" },
	];
	const cases: { facts: GuideFact[]; done: number }[] = [
		{ facts: [], done: 0 },
		{ facts: ["copied:acsUrl"], done: 0 },
		{ facts: ["copied:acsUrl", "copied:entityId"], done: 2 },
		{ facts: ["copied:loginUrl"], done: 0 },
		{ facts: ["metadata"], done: 4 },
		{ facts: ["tested"], done: 5 },
		{ facts: ["called"], done: 0 },
	];
	test.each(cases)("$facts makes $done", ({ facts, done }) => {
		expect(stepsDone(steps, new Set(facts))).toBe(done);
	});
});

test("a sentence is cut at its marks, and none of it is lost", () => {
	expect(pieces("Press **Add**, then `x` or *y*: [more](https://a.test/b).")).toEqual([
		{ kind: "text", text: "Press " },
		{ kind: "bold", text: "Add" },
		{ kind: "text", text: ", then " },
		{ kind: "code", text: "x" },
		{ kind: "text", text: " or " },
		{ kind: "italic", text: "y" },
		{ kind: "text", text: ": " },
		{ kind: "link", text: "more", url: "https://a.test/b" },
		{ kind: "text", text: "." },
	]);
	expect(pieces("[x](javascript:alert(1))")).toEqual([
		{ kind: "text", text: "[x](javascript:alert(1))" },
	]);
});
