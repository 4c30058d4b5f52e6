/** Push's guide, step by step: everybody through SAML, and a directory that says who may do what. */
import { enterAs, expect, expectAccessible, test } from "../fixtures";
import { signInAtProvider } from "../fixtures/at-provider";
import { makeToken, scimClient, scimUser, turnOnDirectory } from "../fixtures/scim";
import {
	dialogWith,
	giveEmail,
	saveConnection,
	signInBySso,
	signOut,
	testSignIn,
} from "../fixtures/steps";

const turnOnAll = "Turn on, and sign everyone out";

test("push: everybody through SAML, roles by the directory", async ({
	page,
	browser,
	request,
	newWorld,
	samlIdp,
}) => {
	const world = await newWorld({
		profile: "push",
		members: [{ name: "Ben Okafor" }],
	});
	const { admin, workspace, domain } = world;
	const [ben] = world.members;
	if (!ben) throw new Error("the world has no member");
	// The provider writes the address in its own way.
	const benThere = {
		email: ben.email.toUpperCase(),
		password: "there",
		givenName: "Ben",
		familyName: "Okafor",
	};
	const other = { ...benThere, email: `benjamin@${domain}`, password: "other" };
	const adminThere = {
		email: admin.email,
		password: "there",
		givenName: "Ines",
		familyName: "Moreau",
	};
	samlIdp.people.push(adminThere, benThere, other);
	await enterAs(page, admin);
	const home = `/w/${workspace.slug}/sso`;
	let entityId = "";
	await test.step("SAML is set up by Okta's own steps, and tried before it counts", async () => {
		await page.goto(home);
		await page.getByRole("link", { name: /^Okta/ }).click();
		await page
			.getByRole("navigation", { name: "Protocol" })
			.getByRole("link", { name: "SAML 2.0" })
			.click();
		await page.getByRole("button", { name: "Generate your SAML SSO metadata" }).click();
		entityId = await page.getByLabel("Audience URI (SP Entity ID)").first().inputValue();
		await page.getByLabel("Their side comes from").selectOption("A metadata URL");
		await page.getByLabel("Metadata URL").fill(samlIdp.metadataUrl);
		await page.getByRole("button", { name: /^(Update metadata URL|Read metadata)$/ }).click();
		await expect(page.getByText("This is what we read. Nothing is saved yet.")).toBeVisible();
		await testSignIn(page, adminThere);
		// As these starting rules have it, without anybody's choosing.
		await expect(
			page.getByLabel("Start from the Okta dashboard").locator("option:checked"),
		).toHaveText("Leads in, after Continue");
		await saveConnection(page);
	});
	await test.step("complete, it signs everybody out, and the admin comes back by it", async () => {
		await page.getByRole("switch", { name: "Enabled" }).first().click();
		const dialog = dialogWith(page, turnOnAll);
		await dialog.getByRole("button", { name: turnOnAll }).click();
		await expect(page).toHaveURL(/\/login/);
		await signInBySso(page, admin.email, adminThere);
		await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));
	});
	const theirs = await (await browser.newContext()).newPage();

	await test.step("a password leads to the SSO page, right or wrong, with the email kept", async () => {
		for (const password of [ben.password, "not the password"]) {
			await giveEmail(theirs, ben.email, `/login?workspace=${workspace.slug}`);
			await expect(theirs.getByRole("link", { name: /^Continue with / })).toBeVisible();
			await expect(theirs.getByLabel("Password")).toHaveCount(0);
			await theirs.goto(`/login/password?workspace=${workspace.slug}`);
			await theirs.getByLabel("Password").fill(password);
			await theirs.getByRole("button", { name: "Sign in", exact: true }).click();
			await expect(theirs.getByRole("link", { name: /^Continue with / })).toBeVisible();
			await expect(theirs.getByText(ben.email)).toBeVisible();
			await expect(theirs.getByText(/do not match/)).toHaveCount(0);
		}
	});
	await test.step("the address of the provider must be the member's, in whatever case", async () => {
		await signInBySso(theirs, ben.email, other);
		await expect(theirs.getByText(/does not know you yet/)).toBeVisible();
		await signInBySso(theirs, ben.email, benThere);
		await expect(theirs.getByRole("button", { name: /^Ben Okafor, your account/ })).toBeVisible();
		await signOut(theirs);
	});
	await test.step("the application's tile at the provider signs in, once the person agrees", async () => {
		samlIdp.offer({ name: "Gatehouse", entityId });
		await theirs.goto(samlIdp.appsUrl);
		// Its session there may have outlasted the one here.
		const tile = theirs.getByRole("link", { name: "Gatehouse" });
		await expect(tile.or(theirs.getByLabel("Password"))).toBeVisible();
		if (!(await tile.isVisible())) await signInAtProvider(theirs, benThere);
		await tile.click();
		await expect(theirs.getByRole("heading", { name: /^Continue as Ben Okafor to/ })).toBeVisible();
		await theirs.getByRole("button", { name: "Continue as Ben Okafor" }).click();
		await expect(theirs).toHaveURL(new RegExp(`/w/${workspace.slug}$`));
	});

	await page.goto(home);
	await turnOnDirectory(page);
	const scim = scimClient(request, await makeToken(page));
	await test.step("there is no default role, and nobody is taken without one", async () => {
		const role = page.getByLabel("Default role");
		await expect(role.locator("option:checked")).toHaveText("None");
		const zoe = scimUser(`zoe@${domain}`, "Zoe Adams");
		const without = await scim("POST", "/Users", zoe);
		expect(without).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
		expect(without.body.detail).toMatch(/roles/);
		const added = await scim("POST", "/Users", { ...zoe, roles: [{ value: "data" }] });
		expect(added.status).toBe(201);
		await page.goto(`/w/${workspace.slug}/members`);
		await expect(page.getByRole("row", { name: /Zoe Adams/ })).toContainText("Data");
	});
	await test.step("who holds which role is set at the provider alone", async () => {
		const linked = await scim("POST", "/Users", {
			...scimUser(ben.email, "Ben Okafor"),
			roles: [{ value: "NormalUser" }],
		});
		expect(linked.status).toBe(201);
		await page.goto(`/w/${workspace.slug}/members/${ben.id}`);
		await expect(
			page.getByRole("heading", { name: /Ben have the role Normal User/ }),
		).toBeVisible();
		const set = page.getByRole("button", { name: "Set role" });
		await expect(set).toHaveAttribute("aria-disabled", "true");
		await expect(
			page.getByText(/Members are managed in the directory while it is on/),
		).toBeVisible();
		await expectAccessible(page);
	});
	await theirs.context().close();
});
