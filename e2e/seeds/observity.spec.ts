/** Observity's guide, step by step: OpenID Connect, from Settings on. */
import { enterAs, expect, expectAccessible, test } from "../fixtures";
import { fillConnection, saveConnection, signInBySso, turnOn } from "../fixtures/steps";

test("observity: OIDC from the settings on, with the scopes of its guide", async ({
	page,
	browser,
	newWorld,
	idp,
}) => {
	const { admin, workspace, domain } = await newWorld({ profile: "observity" });
	const home = `/w/${workspace.slug}/sso`;
	await enterAs(page, admin);
	await page.goto(`/w/${workspace.slug}`);

	await test.step("the settings are under Settings, Single Sign-On (SSO)", async () => {
		await page.getByRole("link", { name: "Settings", exact: true }).click();
		await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
		await expect(page.getByText("Single Sign-On (SSO)")).toBeVisible();
		await expectAccessible(page);
		await page.getByRole("link", { name: "Configure SSO" }).click();
		await expect(page).toHaveURL(new RegExp(`${home}$`));
	});
	await test.step("openid, email and profile are asked for", async () => {
		await fillConnection(page, workspace.slug, {
			issuer: idp.issuer,
			clientId: idp.client.id,
			clientSecret: idp.client.secret,
		});
		await saveConnection(page);
		await turnOn(page);
		const aiko = {
			email: `aiko.tanaka@${domain}`,
			password: "there",
			givenName: "Aiko",
			familyName: "Tanaka",
		};
		idp.people.push(aiko);
		const theirs = await (await browser.newContext()).newPage();
		await signInBySso(theirs, aiko.email, aiko);
		await expect(theirs.getByRole("button", { name: /^Aiko Tanaka, your account/ })).toBeVisible();
		await theirs.context().close();
		const [asked] = idp.requests.filter((path) => path.startsWith("/auth?"));
		const scope = new URL(asked ?? "", idp.issuer).searchParams.get("scope")?.split(" ");
		expect(scope).toEqual(expect.arrayContaining(["openid", "email", "profile"]));
	});
});
