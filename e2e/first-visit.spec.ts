import { expect, expectAccessible, serverLog, test } from "./fixtures";

/** The only test that sees the installation empty. The others wait for it. */
test("the first visit leads to set-up, which asks for the code in the server's log", async ({
	page,
}) => {
	await page.goto("/login");
	await expect(page).toHaveURL(/\/setup$/);
	await expectAccessible(page);
	const fill = async (code: string) => {
		await page.getByLabel("Set-up code").fill(code);
		await page.getByLabel("Workspace").fill("First");
		await page.getByLabel("Address").fill("first");
		await page.getByLabel("Your name").fill("Ada Osei");
		await page.getByLabel("Email").fill("ada@first.test");
		await page.getByLabel("Password").fill("several words work well");
		await page.getByRole("button", { name: "Create workspace" }).click();
	};

	await fill("not the code of this server");
	await expect(page.getByText("That is not the code in the server's log.")).toBeVisible();
	await expect(page.getByLabel("Address")).toHaveValue("first");

	const [, code = ""] = /with the code (\S+)/.exec(serverLog()) ?? [];
	await fill(code);
	await expect(page).toHaveURL(/\/w\/first/);

	await page.goto("/setup");
	await expect(page.getByLabel("Set-up code")).toHaveCount(0);
});
