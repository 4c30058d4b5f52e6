import { enterAs, expect, expectAccessible, mailTo, test } from "./fixtures";
import { signIn, signOut } from "./fixtures/steps";

test("a member changes name and address; the address by following the mail", async ({
	page,
	browser,
	newWorld,
}) => {
	const { workspace, members, domain } = await newWorld({ members: [{ name: "Ben Okafor" }] });
	const [ben] = members;
	if (!ben) throw new Error("no member");
	await signIn(page, ben);
	await page.getByRole("button", { name: /your account/ }).click();
	await page.getByRole("menuitem", { name: "Your account" }).click();
	await expect(page.getByRole("heading", { name: "Your account" })).toBeVisible();
	await expectAccessible(page);
	await page.getByLabel("Name", { exact: true }).fill("Ben Adeyemi");
	await page.getByRole("button", { name: "Save" }).click();
	await expect(page.getByRole("button", { name: /^Ben Adeyemi, your account/ })).toBeVisible();

	const email = `ben.new@${domain}`;
	await page.getByRole("button", { name: "Change…", exact: true }).first().click();
	const dialog = page.getByRole("dialog");
	await dialog.getByLabel("New email").fill("no address");
	await dialog.getByLabel("Your password").fill(ben.password);
	await dialog.getByRole("button", { name: "Send the link" }).click();
	await expect(dialog.getByText("This is not an email address.")).toBeVisible();
	await dialog.getByLabel("New email").fill(email);
	await dialog.getByLabel("Your password").fill("not the password");
	await dialog.getByRole("button", { name: "Send the link" }).click();
	await expect(dialog.getByText("That is not your present password.")).toBeVisible();
	// What was typed stays.
	await expect(dialog.getByLabel("New email")).toHaveValue(email);
	await dialog.getByLabel("Your password").fill(ben.password);
	await dialog.getByRole("button", { name: "Send the link" }).click();
	await expect(page.getByText(`Waiting for ${email}`)).toBeVisible();
	await expectAccessible(page);

	await expect.poll(() => mailTo(email).length).toBe(1);
	const link = /(http\S+\/account\/email\?\S+)/.exec(mailTo(email)[0] ?? "")?.[1] ?? "";
	// The mail may be read elsewhere: the link alone counts, and asks first.
	const elsewhere = await browser.newContext();
	const there = await elsewhere.newPage();
	await there.goto(link);
	await expectAccessible(there);
	await there.getByRole("button", { name: "Use this address" }).click();
	await expect(there.getByRole("heading", { name: "Done" })).toBeVisible();
	await there.goto(link);
	await expect(there.getByText(/has been used or is too old/)).toBeVisible();
	await elsewhere.close();

	await page.reload();
	await expect(page.getByText(email)).toBeVisible();
	await expect.poll(() => mailTo(ben.email).at(-1) ?? "").toContain(email);
	await signOut(page);
	await signIn(page, { email, password: ben.password });
	await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));
});

test("a member sees where the account is signed in, and ends what is not wanted", async ({
	page,
	browser,
	newWorld,
}) => {
	const { workspace, admin } = await newWorld();
	const others = await Promise.all([0, 1].map(() => browser.newContext()));
	const pages = await Promise.all(others.map((context) => context.newPage()));
	for (const other of [...pages, page]) await signIn(other, admin);
	await page.goto(`/w/${workspace.slug}/account#sessions`);
	const section = page.getByRole("region", { name: "Where you are signed in" });
	await expect(section.getByText("Chrome on Linux")).toHaveCount(3);
	await expect(section.getByText("This one")).toHaveCount(1);
	await section.getByRole("button", { name: "End the session in" }).first().click();
	await expect(section.getByText("Chrome on Linux")).toHaveCount(2);
	await section.getByRole("button", { name: "End all others" }).click();
	await expect(section.getByText("Chrome on Linux")).toHaveCount(1);
	for (const other of pages) {
		await other.goto(`/w/${workspace.slug}`);
		await expect(other).toHaveURL(/\/login/);
	}
	await page.reload();
	await expect(section.getByText("This one")).toBeVisible();
	for (const context of others) await context.close();
});

test("what the directory manages is locked, with the reason", async ({ page, newWorld, sql }) => {
	const { workspace, members } = await newWorld({
		policy: { membersManagedBy: "directory" },
		members: [{ name: "Ben Okafor" }],
	});
	const [ben] = members;
	if (!ben) throw new Error("no member");
	const id = "00000000-0000-7000-8000-000000000001";
	await sql(
		`insert into directories (workspace_id, id, enabled) values ('${workspace.id}', '${id}', true) returning id`,
	);
	await sql(
		`insert into directory_users (workspace_id, directory_id, id, user_name, user_name_key, active, resource, member_id)
		values ('${workspace.id}', '${id}', '${id}', 'ben', 'ben', true, '{}', '${ben.id}') returning id`,
	);
	await enterAs(page, ben);
	await page.goto(`/w/${workspace.slug}/account`);
	await expect(page.getByText(/manages this\. It is changed there/)).toHaveCount(2);
	await expect(page.getByLabel("Name", { exact: true })).toHaveCount(0);
	await expectAccessible(page);
});
