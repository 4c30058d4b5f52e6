/** Connecting a SAML provider, as an admin does it at the form; a real one answers. */
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { enterAs, expect, expectAccessible, type LocalSamlProvider, test } from "./fixtures";
import { signInAtProvider } from "./fixtures/at-provider";
import { saveConnection, signInBySso, signOut, testSignIn, turnOn } from "./fixtures/steps";
import { samlKeys } from "./idp/saml-response";
import { baseUrl } from "./settings";
import type { Credentials, World } from "./world";

/** The admin and a colleague, as the provider knows them. */
function peopleAt({ people }: LocalSamlProvider, { admin, domain }: World) {
	const there = { email: admin.email, password: "there", givenName: "Ines", familyName: "Moreau" };
	const colleague = {
		email: `aiko.tanaka@${domain}`,
		password: "at the provider",
		givenName: "Aiko",
		familyName: "Tanaka",
	};
	people.push(there, colleague);
	return { there, colleague };
}

/** Opens the form for a new SAML connection. */
async function beginSaml(page: Page, { workspace }: World, admin: Credentials, tile: string) {
	await enterAs(page, admin);
	await page.goto(`/w/${workspace.slug}/sso`);
	await page.getByRole("link", { name: new RegExp(tile) }).click();
	await expect(page.getByRole("heading", { level: 1, name: /^Connect / })).toBeVisible();
}

const generate = (page: Page) =>
	page.getByRole("button", { name: "Generate your SAML SSO metadata" }).click();

test("an admin takes our values, brings the metadata's address and proves it; a colleague comes in", async ({
	page,
	newWorld,
	samlIdp,
}) => {
	const world = await newWorld({ policy: { activation: "proof" } });
	const { there, colleague } = peopleAt(samlIdp, world);
	await beginSaml(page, world, world.admin, "Any SAML 2.0");

	const address = page.getByRole("textbox", { name: "Metadata URL" });
	await address.fill("http://idp.acme.test/metadata");
	await generate(page);
	await expect(address).toHaveAccessibleDescription(/is not https/);
	await address.fill("https://not-yet.acme.test/metadata");
	await generate(page);

	// The draft has addresses of its own, whether or not anything answers at the temporary one.
	const acsUrl = page.getByLabel("ACS URL", { exact: true }).first();
	await expect(acsUrl).toHaveValue(new RegExp(`^${baseUrl}/api/sso/acs/`));
	const entityId = page.getByLabel("SP Entity ID", { exact: true }).first();
	await expect(entityId).toHaveValue(new RegExp(`^${baseUrl}/api/sso/metadata/`));
	const metadata = await page.request.get(await entityId.inputValue());
	expect(await metadata.text()).toContain(`Location="${await acsUrl.inputValue()}"`);
	const downloaded = page.waitForEvent("download");
	await page.getByRole("link", { name: "Export SP Certificate" }).click();
	const file = await (await downloaded).path();
	expect(readFileSync(file, "utf8")).toMatch(/^-----BEGIN CERTIFICATE-----/);

	await expect(address).toHaveValue("https://not-yet.acme.test/metadata");
	await address.fill(samlIdp.metadataUrl);
	await page.getByRole("button", { name: "Update metadata URL" }).click();
	await expect(page.getByText("This is what we read. Nothing is saved yet.")).toBeVisible();
	await expect(page.getByText(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)).toBeVisible();
	await expectAccessible(page);

	const opened = page.waitForEvent("popup");
	await page.getByRole("button", { name: "Authenticate your SAML 2.0 account" }).click();
	const tab = await opened;
	await signInAtProvider(tab, there);
	await expect(page).toHaveURL(/\/sso$/);
	// What says so for a moment may be gone before a slow machine has come to this page.
	await expect(page.getByRole("switch", { name: "Enabled" }).first()).toBeChecked();
	await signOut(page);

	await signInBySso(page, colleague.email, colleague);
	await expect(page).toHaveURL(new RegExp(`/w/${world.workspace.slug}$`));
	await expect(page.getByRole("button", { name: /^Aiko Tanaka, your account/ })).toBeVisible();
});

test("a metadata file is read, tested and saved; the provider's tile leads in once that is wanted", async ({
	page,
	newWorld,
	samlIdp,
}) => {
	const world = await newWorld();
	const { there, colleague } = peopleAt(samlIdp, world);
	await beginSaml(page, world, world.admin, "^Okta");
	await page.getByRole("link", { name: "SAML 2.0" }).click();
	await generate(page);
	// Under the names that Okta has for them.
	const entityId = await page.getByLabel("Audience URI (SP Entity ID)").first().inputValue();
	await expect(page.getByLabel("Single sign-on URL").first()).toHaveValue(/\/api\/sso\/acs\//);

	const bring = async (name: string, text: string) => {
		const file = { name, mimeType: "application/xml", buffer: Buffer.from(text) };
		await page.getByLabel("Metadata file").setInputFiles(file);
		await page.getByRole("button", { name: "Read metadata" }).click();
	};
	await page.getByLabel("Their side comes from").selectOption("A metadata file, or its text");
	await bring("okta.cert", samlKeys("Okta").certificate);
	const text = page.getByRole("textbox", { name: "Metadata XML" });
	await expect(text).toHaveAccessibleDescription(/This is a certificate; the metadata XML/);
	await bring("metadata.xml", await (await fetch(samlIdp.metadataUrl)).text());
	await expect(page.getByText("This is what we read. Nothing is saved yet.")).toBeVisible();

	// What is tested is what stands in the form; what came is shown with what it was read as.
	await testSignIn(page, there);
	await expect(
		page.getByRole("row", { name: /emailaddress .* Leads to the member/ }),
	).toBeVisible();
	await page.getByLabel("Start from the Okta dashboard").selectOption("Leads in, after Continue");
	await saveConnection(page);
	await turnOn(page);
	await signOut(page);

	samlIdp.offer({ name: "Gatehouse", entityId });
	// The provider still knows this browser as the admin's, from the test.
	await page.context().clearCookies();
	await page.goto(samlIdp.appsUrl);
	await signInAtProvider(page, colleague);
	await page.getByRole("link", { name: "Gatehouse" }).click();
	await page.getByRole("button", { name: "Continue as Aiko Tanaka" }).click();
	await expect(page).toHaveURL(new RegExp(`/w/${world.workspace.slug}$`));
	await expect(page.getByRole("button", { name: /^Aiko Tanaka, your account/ })).toBeVisible();
});

test("metadata that says something else is shown as a difference, and taken by an admin alone", async ({
	page,
	newWorld,
	samlIdp,
	connect,
	sql,
}) => {
	const world = await newWorld();
	const { there } = peopleAt(samlIdp, world);
	const published = await (await fetch(samlIdp.metadataUrl)).text();
	const { origin } = new URL(samlIdp.metadataUrl);
	// Stored as it was before the provider moved.
	const id = await connect({
		workspaceId: world.workspace.id,
		metadata: published.replaceAll(`Location="${origin}/`, 'Location="https://old.acme.test/'),
	});
	await sql(`update connections set metadata_url = '${samlIdp.metadataUrl}' where id = '${id}'`);
	await enterAs(page, world.admin);
	const differs = page.getByRole("table", { name: "How the metadata of Acme SAML differs" });
	await expect(async () => {
		await sql("update jobs set due_at = now() where kind = 'connections.metadata'");
		await page.goto(`/w/${world.workspace.slug}/sso/connection/${id}`);
		await expect(differs).toBeVisible({ timeout: 2_000 });
	}).toPass();
	const moved = differs.getByRole("row", { name: /Sign-in address/ });
	await expect(moved).toContainText("https://old.acme.test/");
	await expect(moved).toContainText(origin);
	await expectAccessible(page);

	await page.getByRole("button", { name: "Use it" }).click();
	await expect(page.getByText("This differs from what was tested.")).toBeVisible();
	await testSignIn(page, there);
	await saveConnection(page);
	await page.goto(`/w/${world.workspace.slug}/sso/connection/${id}`);
	await expect(page.locator("dl").getByText(origin).first()).toBeVisible();
	await expect(page.getByText("old.acme.test")).toHaveCount(0);
});
