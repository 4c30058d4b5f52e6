/** Signing out, from here to the provider and from the provider to here. */
import { enterAs, expect, expectAccessible, test } from "./fixtures";
import { fillConnection, saveConnection, signInBySso, signOut, turnOn } from "./fixtures/steps";
import { baseUrl } from "./settings";

test("signing out reaches the provider when asked to, and the provider reaches here", async ({
	page,
	newWorld,
	idp,
	sql,
}) => {
	const { admin, workspace, domain } = await newWorld();
	const aiko = {
		email: `aiko@${domain}`,
		password: "at the provider",
		givenName: "Aiko",
		familyName: "Tanaka",
	};
	idp.people.push(aiko);
	await enterAs(page, admin);
	await fillConnection(page, workspace.slug, {
		issuer: idp.issuer,
		clientId: idp.client.id,
		clientSecret: idp.client.secret,
	});
	await saveConnection(page);
	await turnOn(page);
	const [connection] = await sql<{ id: string; name: string }>(
		`select id, name from connections where workspace_id = '${workspace.id}'`,
	);
	idp.tellSignOutsTo(`${baseUrl}/api/sso/backchannel/${connection?.id}`);
	await page.goto(`/w/${workspace.slug}/sso/connection/${connection?.id}`);
	await expect(page.getByRole("textbox", { name: "Back-channel logout URI" })).toHaveValue(
		`${baseUrl}/api/sso/backchannel/${connection?.id}`,
	);
	await signOut(page);
	await expect(page.getByRole("link", { name: /^Sign out of / })).toHaveCount(0);

	// From here: out, and at the provider too, because the person says so.
	await signInBySso(page, aiko.email, aiko);
	await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));
	await signOut(page);
	const too = page.getByRole("link", { name: `Sign out of ${connection?.name} too` });
	await expect(too).toBeVisible();
	await expectAccessible(page);
	await too.click();
	await expect(page.getByRole("heading", { name: "Sign out of Acme sign-in?" })).toBeVisible();
	await page.getByRole("button", { name: "Yes, sign out" }).click();
	await expect(page).toHaveURL(`${baseUrl}/login?workspace=${workspace.slug}`);
	await expect(too).toHaveCount(0);

	// From there: the provider ends its session, and ours is gone with it.
	await signInBySso(page, aiko.email, aiko);
	await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));
	await page.goto(`${idp.issuer}/session/end`);
	await page.getByRole("button", { name: "Yes, sign out" }).click();
	await expect(page.getByRole("heading", { name: "You are signed out" })).toBeVisible();
	await page.goto(`/w/${workspace.slug}`);
	await expect(page).toHaveURL(/\/login/);

	await enterAs(page, admin);
	await page.goto(`/w/${workspace.slug}/activity?part=sign_ins`);
	await expect(
		page.getByText(`${connection?.name} signed Aiko Tanaka out`, { exact: false }).first(),
	).toBeVisible();
});

test("with SAML, signing out reaches the provider, and the provider reaches here", async ({
	page,
	newWorld,
	samlIdp,
	connect,
	sql,
}) => {
	const { workspace, domain } = await newWorld();
	const aiko = {
		email: `aiko@${domain}`,
		password: "at the provider",
		givenName: "Aiko",
		familyName: "Tanaka",
	};
	samlIdp.people.push(aiko);
	await connect({ workspaceId: workspace.id, metadata: samlIdp.metadataUrl });
	const open = async () => {
		const rows = await sql(`select id from sessions where workspace_id = '${workspace.id}'`);
		return rows.length;
	};

	// From here: the provider ends its session, says so, and leads back.
	await signInBySso(page, aiko.email, aiko);
	await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));
	await signOut(page);
	await page.getByRole("link", { name: "Sign out of Acme SAML too" }).click();
	await expect(page).toHaveURL(`${baseUrl}/login?workspace=${workspace.slug}`);
	await page.goto(samlIdp.appsUrl);
	await expect(page).toHaveURL(/\/interaction\//);

	// From there: ours ends, and the provider hears of it.
	await signInBySso(page, aiko.email, aiko);
	await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));
	expect(await open()).toBe(1);
	await page.goto(samlIdp.appsUrl);
	await page.getByRole("link", { name: "Sign out everywhere" }).click();
	await expect(page.getByRole("heading", { name: "You are signed out" })).toBeVisible();
	expect(await open()).toBe(0);
	await page.goto(`/w/${workspace.slug}`);
	await expect(page).toHaveURL(/\/login/);
});
