import { expect, expectAccessible, mailTo, test } from "./fixtures";
import { giveEmail, signIn } from "./fixtures/steps";

/** The link in the newest mail to an address. */
async function mailedLink(email: string): Promise<string> {
	let link = "";
	await expect(async () => {
		const [, found = ""] = /(http:\S+\/reset\/choose\?\S+)/.exec(mailTo(email).at(-1) ?? "") ?? [];
		expect(found).not.toBe("");
		link = found;
	}).toPass();
	return link;
}

test("a forgotten password is reset by mail", async ({ page, newWorld }) => {
	const { admin, workspace } = await newWorld();
	await giveEmail(page, admin.email);
	await page.getByRole("link", { name: "Forgot your password" }).click();
	await expect(page.getByLabel("Email")).toHaveValue(admin.email);
	await expectAccessible(page);
	await page.getByRole("button", { name: "Mail me a link" }).click();
	await expect(page.getByText(/If .* has a password here/)).toBeVisible();
	await page.goto(await mailedLink(admin.email));
	await expectAccessible(page);

	const field = page.getByLabel("New password");
	await field.fill("short");
	await expect(page.getByText("10 more characters")).toBeVisible();
	await field.fill("aaaaaaaaaaaaaaaa");
	await expect(page.getByText("Guessed at once")).toBeVisible();
	await page.getByRole("button", { name: "Set the password" }).click();
	await expect(page.getByText("This one is among the first that are guessed.")).toBeVisible();
	await field.fill("a lake beside seven unlikely words");
	await expect(page.getByText("Very hard to guess")).toBeVisible();
	await page.getByRole("button", { name: "Set the password" }).click();

	await expect(page.getByText("Your new password is set.")).toBeVisible();
	await page.getByLabel("Password").fill(admin.password);
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page.getByText("Email and password do not match.")).toBeVisible();
	await signIn(page, { email: admin.email, password: "a lake beside seven unlikely words" });
	await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));
});

test("a link works once, and asks before it acts", async ({ page, newWorld }) => {
	const { admin } = await newWorld();
	await page.goto("/reset");
	await page.getByLabel("Email").fill(admin.email);
	await page.getByRole("button", { name: "Mail me a link" }).click();
	const link = await mailedLink(admin.email);
	// As a mail scanner does: nothing is used up.
	for (let i = 0; i < 2; i++) expect((await page.request.get(link)).ok()).toBe(true);
	await page.goto(link);
	await page.getByLabel("New password").fill("a lake beside seven unlikely words");
	await page.getByRole("button", { name: "Set the password" }).click();
	await expect(page.getByText("Your new password is set.")).toBeVisible();
	await page.goto(link);
	await expect(page.getByText("This link no longer works")).toBeVisible();
});

test("the password is changed on the account page, which signs other devices out", async ({
	page,
	browser,
	newWorld,
}) => {
	const { admin, workspace } = await newWorld();
	const account = `/w/${workspace.slug}/account`;
	await signIn(page, admin);
	const elsewhere = await browser.newPage();
	await signIn(elsewhere, admin);
	await page.goto(account);
	await page.getByRole("button", { name: "Change…" }).last().click();
	const dialog = page.getByRole("dialog");
	await dialog.getByLabel("New password").fill("a lake beside seven unlikely words");
	await dialog.getByLabel("Your password").fill("not the password of this person");
	await dialog.getByRole("button", { name: "Change password" }).click();
	await expect(page.getByText("That is not your present password.")).toBeVisible();
	await dialog.getByLabel("Your password").fill(admin.password);
	await dialog.getByRole("button", { name: "Change password" }).click();
	await expect(page.getByText("Password changed.")).toBeVisible();
	await page.goto(account);
	await expect(page).toHaveURL(new RegExp(account));
	await elsewhere.goto(account);
	await expect(elsewhere).toHaveURL(/\/login/);
	await elsewhere.close();
	await expect.poll(() => mailTo(admin.email).join("\n")).toContain("was changed on");
});
