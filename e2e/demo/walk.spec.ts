import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../fixtures";
import {
	fillConnection,
	saveConnection,
	signIn,
	signInBySso,
	signOut,
	testSignIn,
	turnOn,
} from "../fixtures/steps";
import { dataFolder } from "../settings";

/** What the demo says to click, in its order. */
test("the demo leads from a password to a colleague's single sign-on", async ({
	page,
	request,
}) => {
	const demo = JSON.parse(readFileSync(join(dataFolder(), "demo.json"), "utf8"));
	const { slug } = demo.workspace;
	const [admin, colleague, outsider] = demo.users;

	await signIn(page, demo.admin);
	await fillConnection(page, slug, demo.oidc);
	await testSignIn(page, admin);
	await saveConnection(page);
	await turnOn(page);
	await signOut(page);

	await signInBySso(page, colleague.email, colleague);
	await expect(page).toHaveURL(new RegExp(`/w/${slug}`));
	await expect(page.getByRole("button", { name: /^Aiko Tanaka, your account/ })).toBeVisible();
	await signOut(page);

	await signInBySso(page, colleague.email, outsider);
	await expect(page.getByRole("heading", { name: /did not let you in/ })).toBeVisible();

	// The SAML provider knows the same people.
	await signIn(page, demo.admin);
	await page.goto(`/w/${slug}/sso/connection/new?provider=saml`);
	await page.getByRole("button", { name: "Generate your SAML SSO metadata" }).click();
	await page.getByLabel("SP Entity ID", { exact: true }).first().waitFor();
	await page.getByRole("textbox", { name: "Metadata URL" }).fill(demo.saml.metadataUrl);
	await testSignIn(page, admin);

	const users = await request.get(`${demo.scim.baseUrl}/Users`, {
		headers: { authorization: `Bearer ${demo.scim.token}` },
	});
	expect(users.status()).toBe(200);
});
