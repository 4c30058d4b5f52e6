/** Assist's guide, step by step: OpenID Connect beside passwords, then the directory. */
import { enterAs, expect, expectAccessible, test } from "../fixtures";
import { makeToken, scimClient, scimGroup, scimUser, turnOnDirectory } from "../fixtures/scim";
import {
	applyPolicy,
	dialogWith,
	enforceSso,
	fillConnection,
	saveConnection,
	signInBySso,
	testSignIn,
	turnOn,
} from "../fixtures/steps";
import { startOidcProvider } from "../idp/oidc";
import { ports } from "../settings";

test("assist: setting up SSO, from the page to enforcing it", async ({
	page,
	browser,
	newWorld,
	idp,
	sql,
}, info) => {
	const { admin, workspace, domain } = await newWorld({ profile: "assist" });
	const home = `/w/${workspace.slug}/sso`;
	const there = { email: admin.email, password: "there", givenName: "Ines", familyName: "Moreau" };
	const aiko = {
		email: `aiko.tanaka@${domain}`,
		password: "there too",
		givenName: "Aiko",
		familyName: "Tanaka",
	};
	idp.people.push(there, aiko);
	const values = { issuer: idp.issuer, clientId: idp.client.id, clientSecret: idp.client.secret };
	await enterAs(page, admin);

	await test.step("the page has SSO Configuration and Directory Sync", async () => {
		await page.goto(home);
		for (const name of ["SSO Configuration", "Directory Sync"])
			await expect(page.getByRole("heading", { name, exact: true })).toBeVisible();
		// By keyboard: the line of sections leads to both.
		const line = page.getByRole("navigation", { name: "Sections of this page" });
		await line.getByRole("link", { name: "Directory sync" }).press("Enter");
		await expect(page).toHaveURL(/#directory$/);
	});

	await test.step("a redirect URI that the provider does not know is said to be that", async () => {
		const strict = await startOidcProvider({
			port: ports.second(info.parallelIndex),
			people: [there],
			clients: [{ ...idp.client, redirectUris: ["https://elsewhere.test/callback"] }],
		});
		await fillConnection(page, workspace.slug, { ...values, issuer: strict.issuer });
		const opened = page.waitForEvent("popup");
		await page.getByRole("button", { name: "Test sign-in" }).click();
		const tab = await opened;
		// Its own page says so, in its own words. Nobody is sent back here.
		await expect.poll(() => strict.requests.join()).toMatch(/\/auth\?/);
		await tab.close();
		await expect(page.getByText(/say that the redirect URI is wrong/)).toBeVisible();
		await expect(page.getByRole("textbox", { name: "Redirect URI" }).first()).toHaveValue(
			new RegExp(`/api/sso/callback/${workspace.id}$`),
		);
		await expect(page.getByRole("button", { name: "Copy Redirect URI" }).first()).toBeVisible();
		await page.getByRole("button", { name: "Stop waiting" }).click();
		await strict.close();
	});

	await test.step("the guide says to try it in a private window", async () => {
		await page.getByLabel("Issuer URL").fill(values.issuer);
		await expect(page.getByText(/Then try it in a private window/).first()).toBeVisible();
		await testSignIn(page, there);
		await saveConnection(page);
		await turnOn(page);
	});
	await test.step("a fresh browser signs in, and the admin's own session stays", async () => {
		const fresh = await (await browser.newContext()).newPage();
		await signInBySso(fresh, aiko.email, aiko);
		await expect(fresh.getByRole("button", { name: /^Aiko Tanaka, your account/ })).toBeVisible();
		await fresh.context().close();
		await page.goto(home);
		await expect(page.getByRole("heading", { name: "Single sign-on", level: 1 })).toBeVisible();
	});

	const newcomers = page.getByRole("switch", { name: "Add people at first sign-in" });
	await test.step("Auto-provision users is a switch that stays as it was put", async () => {
		await expect(newcomers).toBeChecked();
		await newcomers.click();
		await applyPolicy(page);
		await page.reload();
		await expect(newcomers).not.toBeChecked();
	});
	await test.step("SSO is restricted to the domains that are picked; a malformed one is refused", async () => {
		await page.getByRole("button", { name: "Add domain" }).click();
		const dialog = dialogWith(page, "Add domain");
		await dialog.getByLabel("Domain").fill("not a domain");
		await dialog.getByRole("button", { name: "Add domain" }).click();
		await expect(dialog.getByText(/A domain looks like/)).toBeVisible();
		await dialog.getByRole("button", { name: "Cancel" }).click();
		await sql(
			`insert into domains (workspace_id, domain, proof_token, state, verified_at, verified_by)
			 values ('${workspace.id}', 'labs-${domain}', 'x', 'verified', now(), 'Operator')`,
		);
		await page.reload();
		const allowed = page.getByRole("group", { name: "Emails that may use SSO" });
		await allowed.getByRole("checkbox", { name: domain, exact: true }).check();
		await allowed.getByRole("checkbox", { name: `labs-${domain}` }).check();
		await newcomers.click();
		await applyPolicy(page);
		await page.reload();
		await expect(newcomers).toBeChecked();
		await expect(allowed.getByRole("checkbox", { checked: true })).toHaveCount(2);
		await expectAccessible(page);
	});

	await test.step("Enforce SSO is a switch that states what it does, and stays", async () => {
		await expect(page.getByText(/^Passwords and Google sign-in lead to/)).toBeVisible();
		await enforceSso(page);
		await page.reload();
		await expect(page.getByRole("switch", { name: "Enforce SSO" })).toBeChecked();
		await expect(page.getByText(/Passwords are off/)).toBeVisible();
	});
	await test.step("each change is in the activity log", async () => {
		const events = await sql<{ actor_label: string }>(
			`select actor_label from activity where workspace_id = '${workspace.id}' and kind = 'policy.saved'`,
		);
		expect(events).toEqual(Array(3).fill({ actor_label: "Ines Moreau" }));
		const saved = await sql<{ revision: number; before: string; after: string }>(
			`select n.revision, o.document->>'autoProvision' as before, n.document->>'autoProvision' as after
			 from policies n join policies o on o.workspace_id = n.workspace_id and o.revision = n.revision - 1
			 where n.workspace_id = '${workspace.id}' order by 1`,
		);
		expect(saved.map(({ before, after }) => [before, after]).slice(0, 2)).toEqual([
			["on", "off"],
			["off", "on"],
		]);
	});
});

test("assist: directory sync, from the endpoint to a mapped group", async ({
	page,
	request,
	newWorld,
}) => {
	const { admin, workspace, domain } = await newWorld({ profile: "assist" });
	await enterAs(page, admin);
	await page.goto(`/w/${workspace.slug}/sso`);
	await turnOnDirectory(page);
	const token = await makeToken(page);
	const endpoint = await page.getByRole("textbox", { name: "SCIM endpoint URL" }).inputValue();
	const scim = scimClient(request, token, endpoint);

	await test.step("the endpoint URL that is shown answers a provider's first question", async () => {
		await expect(page.getByRole("button", { name: "Copy SCIM endpoint URL" })).toBeVisible();
		const { status, body } = await scim("GET", "/ServiceProviderConfig");
		expect(status).toBe(200);
		expect(body).toMatchObject({ patch: { supported: true }, filter: { supported: true } });
	});
	await test.step("a group of the provider is a group here, to map, with its members counted", async () => {
		const zoe = await scim("POST", "/Users", scimUser(`zoe@${domain}`, "Zoe Adams"));
		const group = await scim("POST", "/Groups", scimGroup("Engineering", [zoe.body.id]));
		expect(group.status).toBe(201);
		await page.goto(`/w/${workspace.slug}/sso/mapping`);
		await expect(page.getByRole("row", { name: /Engineering/ })).toContainText("1");
		await expect(page.getByLabel("Role for Engineering")).toBeEnabled();
	});
	await test.step("the Activity Log on the page shows what was synced", async () => {
		await page.goto(`/w/${workspace.slug}/sso`);
		const log = page.getByRole("region", { name: "Activity log" });
		await expect(log.getByText(/Zoe Adams.* was added by/)).toBeVisible();
	});
});
