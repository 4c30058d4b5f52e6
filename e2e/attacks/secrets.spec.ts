/** A26: what is kept, logged and shown holds no secret in a form that opens anything. */
import type { Page } from "@playwright/test";
import { enterAs, expect, mailTo, serverLog, test } from "../fixtures";
import { fillConnection, saveConnection, signInBySso, turnOn } from "../fixtures/steps";

type Found = { place: string; row: string };

test("A26: secrets stand nowhere in readable form", async ({
	page,
	browser,
	request,
	newWorld,
	idp,
	sql,
}) => {
	// It walks far, and reads every table at the end.
	test.slow();
	const { admin, workspace, domain } = await newWorld();
	const slug = workspace.slug;
	const secrets = new Map<string, string>([["password", admin.password]]);
	const pages: string[] = [];
	const look = async (at: Page, path: string) => {
		await at.goto(path);
		pages.push(await at.content());
	};

	await enterAs(page, admin);
	await fillConnection(page, slug, {
		issuer: idp.issuer,
		clientId: idp.client.id,
		clientSecret: idp.client.secret,
	});
	await saveConnection(page);
	await turnOn(page);
	secrets.set("client secret", idp.client.secret);

	const once = async (button: string, prefix: RegExp) => {
		await page.getByRole("button", { name: button }).click();
		const dialog = page.getByRole("dialog", { name: /^Copy this/ });
		const value = (await dialog.getByText(prefix).textContent()) ?? "";
		await dialog.getByRole("checkbox").check();
		await dialog.getByRole("button", { name: "Done" }).click();
		return value;
	};
	const directory = page.getByRole("region", { name: "SCIM provisioning" });
	await directory.getByRole("switch", { name: "Enabled" }).click();
	await directory.getByRole("button", { name: "New token" }).click();
	await page.getByRole("dialog").getByLabel("Name").fill("Directory");
	const token = await once("Make token", /^ghd_/);
	secrets.set("directory token", token);
	await page.goto(`/w/${slug}/api-keys`);
	await page.getByRole("button", { name: "New key" }).first().click();
	await page.getByRole("dialog").getByLabel("Name").fill("Script");
	const key = await once("Make key", /^ghk_/);
	secrets.set("API key", key);

	// They are used, well and not so well, so that they pass by everything that writes.
	for (const bearer of [token, key]) {
		const headers = { authorization: `Bearer ${bearer}` };
		await request.get("/api/v1/me", { headers });
		await request.get("/api/scim/v2/Users", { headers });
		await request.post("/api/scim/v2/Users", { headers, data: "{" });
		await request.get(`/api/health?token=${bearer}`);
	}
	const person = {
		email: `aiko.tanaka@${domain}`,
		password: "known at the provider alone",
		givenName: "Aiko",
		familyName: "Tanaka",
	};
	idp.people.push(person);
	const theirs = await (await browser.newContext()).newPage();
	const seen: string[] = [];
	theirs.on("request", (sent) => seen.push(sent.url()));
	await signInBySso(theirs, person.email, person);
	await expect(theirs).toHaveURL(/\/w\//);
	for (const url of seen)
		for (const name of ["code", "state", "ticket"]) {
			const value = new URL(url).searchParams.get(name);
			if (value) secrets.set(name, value);
		}
	secrets.set("provider password", person.password);
	for (const from of [page, theirs])
		for (const { name, value, httpOnly } of await from.context().cookies())
			if (httpOnly) secrets.set(`cookie ${name} of ${from === page ? "admin" : "member"}`, value);

	for (const path of ["", "/sso", "/activity", "/api-keys"]) await look(page, `/w/${slug}${path}`);
	const [connection] = await sql<{ id: string }>(
		`select id from connections where workspace_id = '${workspace.id}'`,
	);
	await look(page, `/w/${slug}/sso/connection/${connection?.id}`);
	await look(theirs, `/w/${slug}`);
	const api = await page.request.get(`/w/${slug}/activity/export?format=json`);
	pages.push(await api.text());

	for (const kind of ["code", "state", "ticket"]) expect([...secrets.keys()]).toContain(kind);
	const log = serverLog();
	const dump = await everyTable(sql);
	expect(dump.length).toBeGreaterThan(20);
	const readable: string[] = [];
	for (const [what, secret] of secrets) {
		// Also as it stands in an address, and as it would be in base64.
		const forms = [
			secret,
			encodeURIComponent(secret),
			Buffer.from(secret).toString("base64").replace(/=+$/, ""),
		];
		for (const { place, row } of dump)
			if (forms.some((form) => row.includes(form))) readable.push(`${what} in table ${place}`);
		if (forms.some((form) => log.includes(form))) readable.push(`${what} in the log`);
		for (const text of pages)
			if (forms.some((form) => text.includes(form))) readable.push(`${what} in a page`);
	}
	expect(readable).toEqual([]);
	// The search itself finds what is there.
	expect(dump.some(({ row }) => row.includes(admin.email))).toBe(true);
	expect(pages.join()).toContain(admin.email);
	expect(mailTo(admin.email).join()).not.toContain(admin.password);
});

/** Every row of every table as text. */
async function everyTable(sql: <Row>(statement: string) => Promise<Row[]>): Promise<Found[]> {
	const tables = await sql<{ name: string }>(
		"select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
	);
	const found: Found[] = [];
	for (const { name } of tables)
		for (const { row } of await sql<{ row: string }>(
			`select to_jsonb(t)::text as row from "${name}" t`,
		))
			found.push({ place: name, row });
	return found;
}
