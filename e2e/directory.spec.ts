import { enterAs, expect, expectAccessible, test } from "./fixtures";
import { patch, scimClient, scimUser, setActive } from "./fixtures/scim";
import { fillConnection, saveConnection, signInBySso, turnOn } from "./fixtures/steps";
import { baseUrl } from "./settings";

const scimUrl = `${baseUrl}/api/scim/v2`;

test("an admin turns the directory on; a client fills it; deactivation ends the session at once", async ({
	page,
	browser,
	request,
	newWorld,
	idp,
}) => {
	const { admin, workspace, domain } = await newWorld();
	await enterAs(page, admin);
	await fillConnection(page, workspace.slug, {
		issuer: idp.issuer,
		clientId: idp.client.id,
		clientSecret: idp.client.secret,
	});
	// The guide beside the form leads on to directory sync.
	await expect(page.getByRole("link", { name: "Go on to directory sync" })).toHaveAttribute(
		"href",
		`/w/${workspace.slug}/sso/directory?provider=oidc`,
	);
	await saveConnection(page);
	await turnOn(page);

	// From the connection, with all that the provider wants. The token is shown once.
	await page.getByRole("button", { name: "Enable SCIM" }).click();
	const enabled = page.getByRole("dialog", { name: /^SCIM is enabled/ });
	await expect(enabled.getByRole("textbox", { name: "Base URL" })).toHaveValue(scimUrl);
	const token = (await enabled.getByText(/^ghd_/).textContent()) ?? "";
	await enabled.getByRole("checkbox").check();
	await enabled.getByRole("button", { name: "Done" }).click();
	await expect(page.getByRole("heading", { name: "Set up directory sync" })).toBeVisible();
	await expect(page.getByText(token)).toHaveCount(0);
	await expect(page.getByText("Waiting for the first request")).toBeVisible();
	await expectAccessible(page);
	await page.getByRole("link", { name: "Okta", exact: true }).click();
	await expect(page.getByRole("heading", { name: "In the Okta Admin Console" })).toBeVisible();
	await expect(page.getByRole("textbox", { name: "SCIM connector base URL" })).toHaveValue(scimUrl);
	const directory = page.getByRole("region", { name: "SCIM provisioning" });
	await directory.getByRole("button", { name: "Rename OpenID Connect" }).click();
	await page.getByRole("dialog").getByLabel("Name").fill("Company directory");
	await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
	await expect(directory.getByText("Made today")).toBeVisible();
	await expect(directory.getByText(/^Rotate tokens on a schedule/)).toBeVisible();
	await expect(directory.getByRole("rowheader", { name: /^Company directory ghd_/ })).toBeVisible();

	// Create, find, update: at both addresses.
	const scim = scimClient(request, token);
	const email = `mateo.silva@${domain}`;
	const mateo = scimUser(email, "Mateo Silva", { externalId: "e-1" });
	const created = await scim("POST", "/Users", mateo);
	expect(created.status).toBe(201);
	const { id } = created.body;
	const found = await scim("GET", `/Users?filter=${encodeURIComponent(`userName eq "${email}"`)}`);
	expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id, active: true }] });
	const named = scimClient(request, token, `${scimUrl}/${workspace.id}`);
	const renamed = await named(
		"PATCH",
		`/Users/${id}`,
		patch({ op: "replace", path: "name.familyName", value: "Silva Costa" }),
	);
	expect(renamed).toMatchObject({ status: 200, body: { name: { familyName: "Silva Costa" } } });

	// The person signs in, in a browser of their own.
	const person = { email, password: "at the provider", givenName: "Mateo", familyName: "Silva" };
	idp.people.push(person);
	const theirs = await (await browser.newContext()).newPage();
	await signInBySso(theirs, email, person);
	await expect(theirs).toHaveURL(new RegExp(`/w/${workspace.slug}`));

	// Deactivation: the next request finds nobody signed in, and SSO is refused.
	expect((await scim("PATCH", `/Users/${id}`, setActive(false))).status).toBe(200);
	await theirs.goto(`/w/${workspace.slug}`);
	await expect(theirs).toHaveURL(/\/login/);
	await signInBySso(theirs, email, person);
	await expect(theirs.getByRole("heading", { name: /did not let you in/ })).toBeVisible();

	// Back, and gone.
	expect((await scim("PATCH", `/Users/${id}`, setActive(true))).status).toBe(200);
	expect((await scim("DELETE", `/Users/${id}`)).status).toBe(204);
	expect((await scim("GET", `/Users/${id}`)).status).toBe(404);

	await page.goto(`/w/${workspace.slug}/activity`);
	for (const sentence of [
		/Mateo Silva.* was added by/,
		/Mateo Silva.* was deactivated by/,
		/Mateo Silva.* was reactivated by/,
		/Mateo Silva.* was deleted by/,
		/Ines Moreau made the directory token OpenID Connect/,
	])
		await expect(page.getByText(sentence).first()).toBeVisible();

	// A revoked token ends with the next request.
	await page.goto(`/w/${workspace.slug}/sso`);
	await page.getByRole("button", { name: "Revoke Company directory" }).click();
	await page.getByRole("button", { name: "Revoke token" }).click();
	await expect(page.getByText("No token yet")).toBeVisible();
	expect((await scim("GET", "/Users")).status).toBe(401);
});

test("a request without a token that works is refused in the protocol's own form", async ({
	request,
}) => {
	for (const authorization of ["", "Basic YTpi", "Bearer ghd_nobody"]) {
		const response = await request.get(`${scimUrl}/Users`, { headers: { authorization } });
		expect(response.status()).toBe(401);
		expect(response.headers()["content-type"]).toContain("application/scim+json");
		expect(await response.json()).toMatchObject({
			schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
			status: "401",
		});
	}
});
