import type { APIRequestContext, Page } from "@playwright/test";
import { enterAs, expect, expectAccessible, test } from "./fixtures";
import { signIn } from "./fixtures/steps";
import { baseUrl } from "./settings";

const call = (request: APIRequestContext, key: string, path = "/api/v1/me") =>
	request.get(path, { headers: key ? { authorization: `Bearer ${key}` } : {} });

/** Makes a key on the page and takes it from the dialog that shows it once. */
async function makeKey(page: Page, slug: string, name: string, scopes: string[] = []) {
	await page.goto(`/w/${slug}/api-keys`);
	await page.getByRole("button", { name: "New key" }).first().click();
	const form = page.getByRole("dialog", { name: "New API key" });
	await form.getByLabel("Name").fill(name);
	for (const scope of scopes) await form.getByRole("checkbox", { name: scope }).check();
	await form.getByRole("button", { name: "Make key" }).click();
	const once = page.getByRole("dialog", { name: "Copy this key now" });
	const key = (await once.getByText(/^ghk_/).textContent()) ?? "";
	await once.getByRole("checkbox").check();
	await once.getByRole("button", { name: "Done" }).click();
	await expect(page.getByText(key)).toHaveCount(0);
	return key;
}

test("a member makes a key, a program uses it, and it ends when it is revoked", async ({
	page,
	request,
	newWorld,
}) => {
	const { workspace, members } = await newWorld({ members: [{ name: "Ben Okafor" }] });
	const [ben] = members;
	if (!ben) throw new Error("no member");
	await signIn(page, ben);
	await page.getByRole("link", { name: "API keys" }).click();
	await expect(page.getByText("No key yet")).toBeVisible();
	await expectAccessible(page);

	// Without a name the form says so and keeps what was chosen.
	await page.getByRole("button", { name: "New key" }).click();
	const form = page.getByRole("dialog", { name: "New API key" });
	await form.getByLabel("Name").fill("   ");
	await form.getByLabel("Expires").selectOption("365");
	await form.getByRole("button", { name: "Make key" }).click();
	await expect(form.getByText("Give the key a name.")).toBeVisible();
	await expectAccessible(page);
	await form.getByRole("button", { name: "Not now" }).click();
	// A scope beyond the role is not offered.
	const key = await makeKey(page, workspace.slug, "Nightly report");

	const answer = await call(request, key);
	expect(answer.status()).toBe(200);
	expect(await answer.json()).toEqual({
		id: ben.id,
		workspace,
		name: ben.name,
		email: ben.email,
		role: "member",
		permissions: ["workspace.read"],
	});
	expect(answer.headers()["cache-control"]).toBe("no-store");

	// A key without the scope for it, and one whose role does not reach so far.
	const wrong = await call(request, key, "/api/v1/activity");
	expect(wrong.status()).toBe(403);
	expect(wrong.headers()["www-authenticate"]).toContain('error="insufficient_scope"');
	expect(await wrong.json()).toMatchObject({ error: "scope_missing" });

	await page.reload();
	const row = page.getByRole("row", { name: /Nightly report/ });
	await expect(row).not.toContainText("Never");
	await row.getByRole("button", { name: "Revoke Nightly report" }).click();
	await expectAccessible(page);
	await page.getByRole("button", { name: "Revoke key" }).click();
	await expect(page.getByText("No key yet")).toBeVisible();
	expect((await call(request, key)).status()).toBe(401);
});

test("an admin sees and revokes the keys of others, and exports the log with one", async ({
	page,
	browser,
	request,
	newWorld,
}) => {
	const { admin, workspace, members } = await newWorld({ members: [{ name: "Ben Okafor" }] });
	const [ben] = members;
	if (!ben) throw new Error("no member");
	const theirs = await (await browser.newContext()).newPage();
	await enterAs(theirs, ben);
	const key = await makeKey(theirs, workspace.slug, "Ben's script");
	expect((await call(request, key)).status()).toBe(200);

	await enterAs(page, admin);
	const own = await makeKey(page, workspace.slug, "Log archive", ["Read the activity log"]);
	const others = page.getByRole("region", { name: "Keys of other members" });
	await expect(others.getByRole("row", { name: /Ben Okafor/ })).toBeVisible();
	await expectAccessible(page);
	await others.getByRole("button", { name: "Revoke Ben's script" }).click();
	await page.getByRole("button", { name: "Revoke key" }).click();
	await expect(others.getByText("Nobody else has a key")).toBeVisible();
	expect((await call(request, key)).status()).toBe(401);

	const file = await call(request, own, "/api/v1/activity?format=json");
	expect(file.headers()["content-disposition"]).toContain(`activity-${workspace.slug}-`);
	const { seal, events } = await file.json();
	expect(seal).toMatchObject({ seal: expect.stringMatching(/^[\w-]{43}$/) });
	const told = events.map(({ kind }: { kind: string }) => kind);
	expect(told).toEqual(expect.arrayContaining(["api_key.created", "api_key.revoked"]));
	expect(JSON.stringify(events)).not.toContain(own.slice(11));

	await page.goto(`/w/${workspace.slug}/activity`);
	await expect(page.getByText(/Ines Moreau exported the activity log/)).toBeVisible();
	const download = page.waitForEvent("download");
	await page.getByRole("link", { name: "Export CSV" }).click();
	expect((await download).suggestedFilename()).toMatch(/^activity-.*\.csv$/);
});

test("intel-30, intel-31: neither token opens the other's door", async ({
	page,
	request,
	newWorld,
}) => {
	const { admin, workspace } = await newWorld();
	await enterAs(page, admin);
	const key = await makeKey(page, workspace.slug, "Script");
	expect((await call(request, key, "/api/scim/v2/Users")).status()).toBe(401);

	await page.goto(`/w/${workspace.slug}/sso`);
	const directory = page.getByRole("region", { name: "SCIM provisioning" });
	await directory.getByRole("switch", { name: "Enabled" }).click();
	await directory.getByRole("button", { name: "New token" }).click();
	await page.getByRole("dialog").getByLabel("Name").fill("Directory");
	await page.getByRole("button", { name: "Make token" }).click();
	const token = (await page.getByText(/^ghd_/).textContent()) ?? "";
	expect((await call(request, token, "/api/scim/v2/Users")).status()).toBe(200);
	expect((await call(request, token)).status()).toBe(401);
});

test("every other way of asking is refused in the API's own form", async ({
	page,
	request,
	newWorld,
}) => {
	const { admin, workspace, members } = await newWorld({
		members: [{ name: "Vic Viewer", role: "viewer" }],
	});
	await signIn(page, admin);
	// The session of a browser counts for nothing here.
	for (const client of [request, page.request]) {
		const refused = await call(client, "");
		expect(refused.status()).toBe(401);
		expect(refused.headers()["www-authenticate"]).toBe('Bearer realm="gatehouse"');
		expect(await refused.json()).toMatchObject({ error: "key_missing" });
	}
	const unknown = await call(request, `ghk_${"x".repeat(43)}`);
	expect(unknown.status()).toBe(401);
	expect(unknown.headers()["www-authenticate"]).toContain('error="invalid_token"');
	for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
		const refused = await request.fetch("/api/v1/me", { method });
		expect(refused.status()).toBe(405);
		expect(refused.headers().allow).toBe("GET, HEAD");
		expect(await refused.json()).toMatchObject({ error: "method_not_allowed" });
	}

	// Who may have no keys has no page for them, and may not take the log.
	const [vic] = members;
	if (!vic) throw new Error("no member");
	await page.context().clearCookies();
	await signIn(page, vic);
	await expect(page.getByRole("link", { name: "API keys" })).toHaveCount(0);
	await page.goto(`/w/${workspace.slug}/api-keys`);
	await expect(page.getByRole("button", { name: "New key" })).toHaveCount(0);
	const log = await page.request.get(`${baseUrl}/w/${workspace.slug}/activity/export`);
	expect(log.status()).toBe(403);
});
