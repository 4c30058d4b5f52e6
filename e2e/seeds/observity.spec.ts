/** Observity's guide, step by step: OpenID Connect, then a directory that says who may come in. */
import { enterAs, expect, expectAccessible, test } from "../fixtures";
import {
	directoryOf,
	makeToken,
	patch,
	scimClient,
	scimGroup,
	scimUser,
	turnOnDirectory,
} from "../fixtures/scim";
import {
	applyPolicy,
	dialogWith,
	fillConnection,
	saveConnection,
	signInBySso,
	turnOn,
} from "../fixtures/steps";

test("observity: OIDC, a directory, and roles by group", async ({
	page,
	browser,
	request,
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

	await page.goto(home);
	await turnOnDirectory(page);
	const token = await makeToken(page);
	const base = await page
		.getByRole("textbox", { name: "The same, with this workspace in the address" })
		.inputValue();
	expect(base).toMatch(new RegExp(`/api/scim/v2/${workspace.id}$`));
	const scim = scimClient(request, token, base);
	const require = page.getByRole("switch", { name: "Require provisioning" });

	await test.step("a token's age stands beside it, so that it is rotated in time", async () => {
		const row = directoryOf(page).getByRole("row", { name: /Company directory/ });
		await expect(row).toContainText("Made today");
		await expect(row.getByRole("button", { name: "Rotate Company directory" })).toBeVisible();
		await expect(page.getByText(/Rotate tokens on a schedule, and whenever/)).toBeVisible();
	});
	await test.step("a default role is chosen, kept and recorded", async () => {
		const role = page.getByLabel("Default role");
		await expect(role).toHaveValue("viewer");
		await role.selectOption({ label: "Member" });
		await applyPolicy(page);
		await page.reload();
		await expect(role).toHaveValue("member");
		await role.selectOption({ label: "Viewer" });
		await applyPolicy(page);
		await expect(
			page.getByRole("region", { name: "Activity log" }).getByText(/changed the sign-in policy/),
		).not.toHaveCount(0);
	});
	await test.step("Require SCIM provisioning is closed before anybody has been synced", async () => {
		await expect(require).toHaveAttribute("aria-disabled", "true");
		await expect(require).toHaveAccessibleDescription(/Directory sync has no active people yet/);
	});

	const zoe = await scim("POST", "/Users", scimUser(`zoe@${domain}`, "Zoe Adams"));
	const ines = await scim("POST", "/Users", scimUser(admin.email, "Ines Moreau"));
	expect([zoe.status, ines.status]).toEqual([201, 201]);
	await test.step("turned on after the pilot, it lists whom it would shut out", async () => {
		await page.reload();
		await expect(require).not.toHaveAttribute("aria-disabled", "true");
		await require.click();
		await page.getByRole("button", { name: "What would change" }).click();
		const dialog = dialogWith(page, "Not yet");
		await expect(dialog.getByRole("row", { name: /Aiko Tanaka/ })).toBeVisible();
		await expect(dialog.getByRole("row", { name: /Zoe Adams/ })).toHaveCount(0);
		await dialog.getByRole("button", { name: "Not yet" }).click();
		await page.getByRole("button", { name: "Discard" }).click();
	});
	await test.step("a duplicate is told with the attribute, here and in the answer", async () => {
		const again = await scim(
			"POST",
			"/Users",
			scimUser(`zoe@${domain}`, "Zoe Again", { externalId: "e-2" }),
		);
		expect(again).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
		expect(again.body.detail).toMatch(/userName/);
		const told = page.getByRole("link", { name: /^POST/ }).first();
		// The log is written a moment after the answer.
		await expect(async () => {
			await page.goto(`${home}/directory/requests?outcome=refused`);
			await expect(told).toBeVisible({ timeout: 2000 });
		}).toPass();
		await told.click();
		await expect(page.getByText(/userName/).first()).toBeVisible();
	});

	await test.step("Viewer, Member and Admin are the roles", async () => {
		await page.goto(`/w/${workspace.slug}/roles`);
		for (const name of ["Viewer", "Member", "Admin"])
			await expect(page.getByRole("link", { name, exact: true })).toBeVisible();
	});
	const member = `/w/${workspace.slug}/members/${zoe.body.id}`;
	await test.step("a group that was not pushed gives no role, and that is said", async () => {
		await page.goto(member);
		await expect(page.getByRole("heading", { name: /Zoe have the role Viewer/ })).toBeVisible();
		await expect(page.getByText(/has sent no group that Zoe is in/)).toBeVisible();
	});
	const group = await scim("POST", "/Groups", scimGroup("Observity Admins", [zoe.body.id]));
	expect(group.status).toBe(201);
	await test.step("a pushed but unmapped group gives no role, and that is said", async () => {
		await page.reload();
		await expect(page.getByRole("heading", { name: /Zoe have the role Viewer/ })).toBeVisible();
		await expect(
			page.getByText(/Observity Admins was received .* and is not mapped/),
		).toBeVisible();
		await page.goto(home);
		await expect(page.getByText(/has arrived\. Say what it gives here/)).toBeVisible();
	});
	await test.step("mapping it gives its role to those already inside, shown before", async () => {
		await page.goto(`${home}/mapping`);
		const role = page.getByLabel("Role for Observity Admins");
		for (const name of ["Viewer", "Member", "Admin"])
			await expect(role.getByRole("option", { name, exact: true })).toHaveCount(1);
		await role.selectOption("Member");
		await page.getByRole("button", { name: "What would change" }).click();
		const dialog = dialogWith(page, "Apply to 1 person");
		await expect(dialog.getByRole("row", { name: /Zoe/ })).toContainText("Member");
		await dialog.getByRole("button", { name: "Apply to 1 person" }).click();
		await expect(page.getByText("Applied to 1 person.")).toBeVisible();
		await page.goto(member);
		await expect(page.getByRole("heading", { name: /Zoe have the role Member/ })).toBeVisible();
	});
	await test.step("a change of role by the group is recorded with old, new and source", async () => {
		const left = await scim(
			"PATCH",
			`/Groups/${group.body.id}`,
			patch({ op: "remove", path: `members[value eq "${zoe.body.id}"]` }),
		);
		expect([200, 204]).toContain(left.status);
		await page.goto(`/w/${workspace.slug}/activity`);
		await expect(
			page.getByText(/Zoe Adams went from Member to Viewer, by Company directory/),
		).toBeVisible();
	});
	await test.step("removing by hand stays possible, and the directory may bring them back", async () => {
		await page.goto(member);
		await page.getByRole("button", { name: "Remove…" }).click();
		await page.getByRole("button", { name: "Remove Zoe Adams" }).click();
		await expect(page).toHaveURL(/\/members$/);
		expect((await scim("GET", `/Users/${zoe.body.id}`)).status).toBe(404);
		const back = await scim("POST", "/Users", scimUser(`zoe@${domain}`, "Zoe Adams"));
		expect(back.status).toBe(201);
		await page.reload();
		await expect(page.getByRole("link", { name: "Zoe Adams" })).toBeVisible();
	});
});
