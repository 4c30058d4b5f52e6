/** What an admin sees of connections: guides, forms, tests, several of them, and how each is doing. */
import {
	enterAs,
	expect,
	expectAccessible,
	type LocalProvider,
	startLocalProvider,
	test,
} from "./fixtures";
import {
	fillConnection,
	saveConnection,
	signIn,
	signInBySso,
	signOut,
	testSignIn,
	turnOn,
} from "./fixtures/steps";
import { ports } from "./settings";

const valuesOf = ({ issuer, client }: LocalProvider) => ({
	issuer,
	clientId: client.id,
	clientSecret: client.secret,
});

test("the guide beside the form says it in the provider's words and ticks itself", async ({
	page,
	newWorld,
}) => {
	const { admin, workspace } = await newWorld();
	await enterAs(page, admin);
	await page.goto(`/w/${workspace.slug}/sso`);
	await page.getByRole("link", { name: /^Okta/ }).click();
	await expect(page.getByRole("heading", { name: "Connect Okta" })).toBeVisible();

	await test.step("what to have ready comes first", async () => {
		const ready = page.getByRole("heading", { name: "Have these ready" }).locator("..");
		await expect(ready.getByText(/An Okta account that may create applications/)).toBeVisible();
		await expect(ready.getByText("You are an admin of")).toBeVisible();
		for (const value of ["Issuer URL", "Client ID", "Client Secret"])
			await expect(ready.getByText(value, { exact: true })).toBeVisible();
	});
	await test.step("steps in Okta's words, with this workspace's values", async () => {
		const steps = page.getByRole("list", { name: "Okta, step by step" });
		await expect(steps.getByText("Create App Integration").first()).toBeVisible();
		const value = steps.getByRole("textbox", { name: "Sign-in redirect URIs" });
		await expect(value).toHaveValue(new RegExp(`/api/sso/callback/${workspace.id}$`));
		await expect(page.getByText("openid", { exact: true }).first()).toBeVisible();
	});
	await test.step("copying ticks the steps up to it", async () => {
		const steps = page.getByRole("list", { name: "Okta, step by step" });
		await expect(steps.getByText("Done:")).toHaveCount(0);
		await page.getByRole("button", { name: "Copy Sign-in redirect URIs" }).first().click();
		await expect(steps.getByText("Done:")).toHaveCount(3);
		await page.getByLabel("Client ID").fill("0oa1");
		await page.getByLabel("Client Secret").fill("a secret");
		await expect(steps.getByText("Done:")).toHaveCount(5);
	});
	await expectAccessible(page);
});

test("a provider with names of its own signs people in by a claim mapping and a Discovery Endpoint", async ({
	page,
	newWorld,
	idp,
}) => {
	const world = await newWorld();
	const { admin, workspace, domain } = world;
	const adminThere = {
		email: "im@internal.test",
		password: "there",
		givenName: "Ines",
		familyName: "Moreau",
		company: { upn: admin.email, employee: "E-1" },
	};
	const aiko = {
		email: "at@internal.test",
		password: "there too",
		givenName: "Aiko",
		familyName: "Tanaka",
		company: { upn: `aiko.tanaka@${domain}`, employee: "E-2" },
	};
	idp.people.push(adminThere, aiko);
	await enterAs(page, admin);
	await fillConnection(page, workspace.slug, { ...valuesOf(idp), issuer: "" });

	await test.step("bad input stands at its field, and what was typed stays", async () => {
		await page.getByRole("button", { name: "Save", exact: true }).click();
		await expect(page.getByLabel("Issuer URL")).toHaveAccessibleDescription(/Fill this in/);
		await expect(page.getByLabel("Client Secret")).toHaveValue(idp.client.secret);
	});
	await page
		.getByLabel("Discovery Endpoint")
		.fill(`${idp.issuer}/.well-known/openid-configuration`);
	await page.locator("summary", { hasText: "Scopes" }).click();
	await page.getByRole("textbox", { name: "Scopes" }).fill("company");
	await page.locator("summary", { hasText: "Claim mapping" }).click();
	await page.getByRole("textbox", { name: "Email", exact: true }).fill("upn");
	await page.getByRole("textbox", { name: "Fixed id of the person" }).fill("employee");
	await testSignIn(page, adminThere);
	await expect(page.getByRole("cell", { name: "E-1" })).toBeVisible();
	await saveConnection(page);
	await expect(page.getByText(/Test sign-in passed/)).toBeVisible();

	await test.step("the issuer and the endpoints that were found are shown", async () => {
		await page.getByRole("link", { name: "Edit", exact: true }).click();
		await expect(page.getByRole("textbox", { name: "Issuer URL" })).toHaveValue(idp.issuer);
		await expect(page.getByText(`${idp.issuer}/token`)).toBeVisible();
		await expect(page.getByLabel("Client Secret")).toHaveValue("");
		await expect(page.getByPlaceholder(/^Set .* by Ines Moreau$/)).toBeVisible();
		await expectAccessible(page);
	});
	await page.goto(`/w/${workspace.slug}/sso`);
	await turnOn(page);
	await signOut(page);
	await signInBySso(page, aiko.company.upn, aiko);
	await expect(page.getByRole("button", { name: /^Aiko Tanaka, your account/ })).toBeVisible();
});

test("several connections stand side by side, each with how it is doing", async ({
	page,
	newWorld,
	idp,
	sql,
}, info) => {
	const { admin, workspace } = await newWorld();
	const second = await startLocalProvider(ports.second(info.parallelIndex));
	await signIn(page, admin);
	await test.step("the next step is said, with one button", async () => {
		await fillConnection(page, workspace.slug, valuesOf(idp));
		const soon = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
		await page.getByLabel("The secret expires on").fill(soon);
		await saveConnection(page);
		await expect(page.getByText("Next: Test sign-in")).toBeVisible();
		await turnOn(page);
	});
	await test.step("a secret that expires soon needs attention", async () => {
		await expect(page.getByText(/The client secret expires in \d days/)).toBeVisible();
		await expect(page.getByRole("link", { name: "Replace secret" })).toBeVisible();
	});
	await test.step("another is added", async () => {
		await page.getByRole("link", { name: "Add another" }).click();
		await page.getByRole("link", { name: /^Keycloak/ }).click();
		await page.getByLabel("Name", { exact: true }).fill("Second company");
		await page.getByLabel("Issuer URL").fill(second.issuer);
		await page.getByLabel("Client ID").fill(second.client.id);
		await page.getByLabel("Client Secret").fill(second.client.secret);
		await saveConnection(page);
		const section = page.getByRole("region", { name: "Connections" });
		await expect(section.getByText("Second company").first()).toBeVisible();
		await expect(section.getByText("Needs attention")).toBeVisible();
		await expect(section.getByText("Draft")).toBeVisible();
		await expectAccessible(page);
	});
	await test.step("one that refuses everybody for its own reason is not working", async () => {
		await sql(
			`insert into sign_ins (workspace_id, id, code, connection_id, settings_hash, intent, browser_hash, code_verifier, started_at, expires_at, ended_at, outcome, reason, trace)
			 select workspace_id, gen_random_uuid(), 'GH-' || n, id, 'x', 'login', 'x', 'x', now(), now(), now(), 'refuse', 'token_refused', '[]'
			 from connections, generate_series(1, 3) n where workspace_id = '${workspace.id}' and status = 'active'`,
		);
		// Ids that are made here do not begin with their time; the page reads those that do.
		await sql(
			`update sign_ins set id = ('ffffffff-' || substr(id::text, 10))::uuid where workspace_id = '${workspace.id}' and reason = 'token_refused'`,
		);
		await page.reload();
		await expect(page.getByText("Not working").first()).toBeVisible();
		await expect(page.getByText(/sign-ins fail/)).toBeVisible();
		await expect(page.getByText(/Nobody can sign in with .* since/)).toBeVisible();
	});
	await second.close();
});
