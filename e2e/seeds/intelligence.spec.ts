/** Intelligence's guide, step by step: SAML by a metadata file beside passwords, then a directory. */
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "../fixtures";
import { directoryOf, makeToken, scimClient, scimUser, turnOnDirectory } from "../fixtures/scim";
import { dialogWith, giveEmail, signIn, signInBySso, testSignIn, turnOn } from "../fixtures/steps";

const file = (name: string, text: string) => ({
	name,
	mimeType: "application/xml",
	buffer: Buffer.from(text),
});

/** Reads what was uploaded, which the form shows or refuses. */
async function upload(page: Page, name: string, text: string): Promise<void> {
	await page.getByLabel("Metadata file").setInputFiles(file(name, text));
	await expect(page.getByLabel("Metadata XML")).toHaveValue(text);
	await page.getByRole("button", { name: "Read metadata" }).click();
}

test("intelligence: SAML by a metadata file, and a directory that ends with it", async ({
	page,
	browser,
	request,
	newWorld,
	samlIdp,
	sql,
}) => {
	const world = await newWorld({ profile: "intelligence", members: [{ name: "Ben Okafor" }] });
	const { admin, workspace, domain } = world;
	const [ben] = world.members;
	const home = `/w/${workspace.slug}/sso`;
	const adminThere = {
		email: admin.email,
		password: "there",
		givenName: "Ines",
		familyName: "Moreau",
	};
	const zoe = {
		email: `zoe@${domain}`,
		password: "there too",
		givenName: "Zoe",
		familyName: "Miller",
	};
	samlIdp.people.push(adminThere, zoe);
	const metadata = await (await request.get(samlIdp.metadataUrl)).text();
	const field = page.getByLabel("Metadata XML");

	await test.step("SSO is off by default: the email leads to a password", async () => {
		await giveEmail(page, ben?.email ?? "");
		await expect(page.getByLabel("Password")).toBeVisible();
		await expect(page.getByRole("link", { name: /^Continue with/ })).toHaveCount(0);
		await signIn(page, admin);
	});
	await test.step("Settings lead to its configuration", async () => {
		await page.getByRole("link", { name: "Settings", exact: true }).click();
		await page.getByRole("link", { name: "Configure SSO" }).click();
		await expect(page.getByRole("heading", { name: /Where do your people sign in/ })).toBeVisible();
	});
	await test.step("its two addresses are shown under Okta's names, to copy", async () => {
		await page.getByRole("link", { name: /^Okta/ }).click();
		await page
			.getByRole("navigation", { name: "Protocol" })
			.getByRole("link", { name: "SAML 2.0" })
			.click();
		await page.getByRole("button", { name: "Generate your SAML SSO metadata" }).click();
		for (const [name, path] of [
			["Single sign-on URL", /\/api\/sso\/acs\//],
			["Audience URI (SP Entity ID)", /\/api\/sso\/metadata\//],
		] as const) {
			await expect(page.getByRole("textbox", { name, exact: true }).first()).toHaveValue(path);
			await expect(page.getByRole("button", { name: `Copy ${name}` }).first()).toBeVisible();
		}
	});
	await test.step("a certificate in place of the metadata is said to be that", async () => {
		await page.getByLabel("Their side comes from").selectOption("A metadata file, or its text");
		const pem = `-----BEGIN CERTIFICATE-----\n${"MIIB".repeat(16)}\n-----END CERTIFICATE-----\n`;
		await upload(page, "okta.cert", pem);
		await expect(field).toHaveAccessibleDescription(/This is a certificate; the metadata XML/);
	});
	await test.step("bad files are refused, and the right one is read out", async () => {
		await upload(page, "bad.xml", "<not-metadata/>");
		await expect(field).toHaveAccessibleDescription(/not SAML metadata/);
		const own = await page
			.getByRole("textbox", { name: "Audience URI (SP Entity ID)", exact: true })
			.first()
			.inputValue();
		await upload(page, "sp.xml", await (await request.get(own)).text());
		await expect(field).toHaveAccessibleDescription(/describes no identity provider/);
		await upload(page, "metadata.xml", metadata);
		await expect(page.getByText("This is what we read. Nothing is saved yet.")).toBeVisible();
		await expect(page.getByText(samlIdp.entityId, { exact: true }).first()).toBeVisible();
		await expect(page.getByText(/^Until/).first()).toBeVisible();
		await expectAccessible(page);
	});
	await test.step("a missing attribute is refused by name, with where to map it", async () => {
		const persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
		samlIdp.behave({ nameIdFormat: persistent, withhold: ["email"] });
		await testSignIn(page, adminThere, /lacks the attribute email/);
		await expect(page.getByText(/Map email in the settings of the application/)).toBeVisible();
		samlIdp.behave({ withhold: ["name"] });
		await testSignIn(page, adminThere, /lacks the attribute name/);
		await expect(page.getByText(/Map name in the settings of the application/)).toBeVisible();
		samlIdp.behave();
		await testSignIn(page, adminThere);
	});
	await test.step("enabling it ends the setup: it is on, and people come in", async () => {
		await page.getByRole("button", { name: "Enable SSO" }).click();
		await expect(page).toHaveURL(/\/sso$/);
		await expect(page.getByText("Active").first()).toBeVisible();
		const theirs = await (await browser.newContext()).newPage();
		await signInBySso(theirs, zoe.email, zoe);
		await expect(theirs.getByRole("button", { name: /^Zoe Miller, your account/ })).toBeVisible();
		await theirs.context().close();
	});

	await page.goto(home);
	await turnOnDirectory(page);
	const scim = scimClient(request, await makeToken(page));
	await test.step("GET /Users is everybody, whoever added them", async () => {
		const synced = await scim("POST", "/Users", scimUser(`mateo@${domain}`, "Mateo Silva"));
		expect(synced.status).toBe(201);
		const { status, body } = await scim("GET", "/Users?count=10&startIndex=1");
		expect(status).toBe(200);
		expect(body.totalResults).toBe(4);
		expect(body.Resources.map(({ userName }: { userName: string }) => userName).sort()).toEqual(
			[admin.email, ben?.email, zoe.email, `mateo@${domain}`].sort(),
		);
	});

	const everybody = () =>
		sql(`select id, role from members where workspace_id = '${workspace.id}' order by id`);
	await test.step("turning SSO off says what ends with it, and deletes nobody", async () => {
		const before = await everybody();
		await page.goto(home);
		await page.getByRole("button", { name: "Turn off…" }).click();
		const dialog = dialogWith(page, "Turn SSO off");
		await expect(dialog.getByText("1 directory token is revoked.")).toBeVisible();
		await dialog.getByLabel(/^Type/).fill(workspace.slug);
		await dialog.getByRole("button", { name: "Turn SSO off" }).click();
		await expect(page.getByText("SSO is off.")).toBeVisible();
		expect(await everybody()).toEqual(before);
		expect((await scim("GET", "/Users")).status).toBe(401);
		const log = page.getByRole("region", { name: "Activity log" });
		await expect(log.getByText(/revoked the directory token Company directory/)).toBeVisible();
	});
	await test.step("turned on again, the old token stays out, and the page says what to do", async () => {
		await turnOn(page);
		expect((await scim("GET", "/Users")).status).toBe(401);
		const directory = directoryOf(page);
		await expect(directory.getByText(/turning SSO off ended them/)).toBeVisible();
		await expect(directory.getByText(/Make a new one and update the token in/)).toBeVisible();
		const renewed = scimClient(request, await makeToken(page, "After the break"));
		expect((await renewed("GET", "/Users?count=1&startIndex=1")).status).toBe(200);
	});
});
