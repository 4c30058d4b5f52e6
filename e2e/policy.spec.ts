import { enterAs, expect, expectAccessible, mailTo, test } from "./fixtures";
import {
	fillConnection,
	giveEmail,
	saveConnection,
	signIn,
	signOut,
	testSignIn,
	turnOn,
} from "./fixtures/steps";

test("an admin starts from a profile, sees what would change, applies, edits and compares revisions", async ({
	page,
	newWorld,
}) => {
	const { admin, workspace } = await newWorld();
	const home = `/w/${workspace.slug}/sso`;
	const dialog = page.getByRole("dialog");
	const apply = dialog.getByRole("button", { name: /^Apply/ });
	await enterAs(page, admin);

	await page.goto(`${home}/rules`);
	await expectAccessible(page);
	await page.getByRole("button", { name: "Start from these: Sign-in only" }).click();
	await expect(
		dialog.getByRole("row", { name: /^Add people at first sign-in On Off/ }),
	).toBeVisible();
	await dialog.getByLabel("Why").fill("We start with sign-in only");
	await apply.click();
	await expect(page.getByText("Policy applied.")).toBeVisible();

	// A single edit stays in the page, passes the same preview, and can be discarded.
	await page.goto(home);
	await expectAccessible(page);
	const newcomers = page.getByRole("switch", { name: "Add people at first sign-in" });
	await expect(newcomers).not.toBeChecked();
	await newcomers.click();
	await expect(page.getByText("1 change, not applied.")).toBeVisible();
	await expect(page.getByText(/They touch /)).toBeVisible();
	await page.getByRole("button", { name: "Discard" }).click();
	await expect(newcomers).not.toBeChecked();
	await newcomers.click();
	await page.getByRole("button", { name: "What would change" }).click();
	await expect(dialog.getByText(/This would touch/).first()).toBeVisible();
	await apply.click();
	await expect(page.getByText("Policy applied.")).toBeVisible();
	await expect(page.getByText(/^Revision 3, Ines Moreau/)).toBeVisible();

	await page.getByRole("link", { name: "History" }).click();
	await expect(page.getByRole("row", { name: /We start with sign-in only/ })).toBeVisible();
	await expectAccessible(page);
	await page.getByRole("link", { name: "Compare revision 1" }).click();
	await expect(page.getByRole("heading", { name: "From revision 1 to 3" })).toBeVisible();
	// A rule that the directory would have to be on for cannot come back now: it says so.
	await page.getByRole("button", { name: "Roll back to 1…" }).click();
	await expect(page.getByRole("dialog", { name: "Roll back to revision 1?" })).toBeVisible();
	await expect(apply).toHaveCount(0);
	// What nothing stands against comes back, as the next revision.
	await page.goto(`${home}/history?from=2&to=3`);
	await page.getByRole("button", { name: "Roll back to 2…" }).click();
	await apply.click();
	await expect(page.getByRole("link", { name: "Compare revision 3" })).toBeVisible();
});

test("SSO is enforced with codes that were kept; a password leads to SSO, a code lets an admin mend", async ({
	page,
	newWorld,
	idp,
}) => {
	test.slow();
	const { admin, workspace, members } = await newWorld({ members: [{ name: "Ben Ode" }] });
	const ben = members[0];
	if (!ben) throw new Error("one was asked for");
	const there = { email: admin.email, password: "there", givenName: "Ines", familyName: "Moreau" };
	idp.people.push(there);
	const home = `/w/${workspace.slug}/sso`;
	const enforce = page.getByRole("switch", { name: "Enforce SSO" });
	await enterAs(page, admin);

	// Not before the connection was tested: the reason stands beside it, and it stays in reach.
	await page.goto(home);
	await expect(enforce).toHaveAttribute("aria-disabled", "true");
	await expect(page.getByText("There is no connection.").first()).toBeVisible();
	await fillConnection(page, workspace.slug, {
		issuer: idp.issuer,
		clientId: idp.client.id,
		clientSecret: idp.client.secret,
	});
	await testSignIn(page, there);
	await saveConnection(page);
	await turnOn(page);

	const dialog = page.getByRole("dialog");
	await enforce.click();
	await dialog.getByRole("button", { name: "Make recovery codes" }).click();
	const listed = dialog.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
	await expect(listed).toHaveCount(8);
	const codes = await listed.allTextContents();
	await dialog.getByLabel(/^Type one of them/).fill("not one of them");
	await dialog.getByRole("button", { name: "These are kept" }).click();
	await expect(dialog.getByText("No unused recovery code fits.")).toBeVisible();
	await dialog.getByLabel(/^Type one of them/).fill(codes[7] ?? "");
	await dialog.getByRole("button", { name: "These are kept" }).click();
	await expect(dialog.getByText("Your recovery codes count now.")).toBeVisible();
	await expect(dialog.getByText(/^Everybody who can sign in now can sign in with/)).toBeVisible();
	await expectAccessible(page);
	await dialog.getByRole("button", { name: "Enforce SSO" }).click();
	await expect(page.getByText("SSO is enforced.")).toBeVisible();
	await expect(page.getByText(/Passwords are off/)).toBeVisible();
	await signOut(page);

	// A right password leads to the provider, for the address that this browser gave last.
	await page.goto(`/login/password?workspace=${workspace.slug}`);
	await page.getByLabel("Password").fill(admin.password);
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page.getByRole("link", { name: /^Continue with / })).toBeVisible();

	await giveEmail(page, admin.email);
	await page.getByRole("link", { name: "Can’t use SSO?" }).click();
	await expectAccessible(page);
	await page.getByLabel("Recovery code").fill("wrong");
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page.getByText("Email and recovery code do not match.")).toBeVisible();
	await page.getByLabel("Recovery code").fill(codes[0] ?? "");
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page).toHaveURL(new RegExp(`${home}$`));
	await expect(page.getByText("You are here by a recovery code")).toBeVisible();
	await expect.poll(() => mailTo(admin.email).join()).toContain("A recovery code was used");

	// It opens what mends signing in, and nothing else.
	for (const closed of ["account", "activity", "api-keys", "groups", "roles"]) {
		await page.goto(`/w/${workspace.slug}/${closed}`);
		await expect(page, closed).toHaveURL(new RegExp(`${home}$`));
	}
	await page.goto(`/w/${workspace.slug}/members`);
	await expect(page.getByRole("heading", { name: "Members", level: 1 })).toBeVisible();

	await page.goto(home);
	await enforce.click();
	await page.getByRole("button", { name: "What would change" }).click();
	await dialog.getByRole("button", { name: /^Apply/ }).click();
	await expect(page.getByText("Policy applied.")).toBeVisible();
	await signOut(page);
	await signIn(page, ben);
});
