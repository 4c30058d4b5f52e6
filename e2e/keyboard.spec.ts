import { enterAs, expect, expectAccessible, test } from "./fixtures";

test("the keyboard goes everywhere: search, jumps, the palette, and the list of keys", async ({
	page,
	newWorld,
}) => {
	const { admin, workspace } = await newWorld({ members: [{ name: "Ben Ode" }] });
	const home = `/w/${workspace.slug}`;
	await enterAs(page, admin);
	await page.goto(`${home}/members`);
	const search = page.getByRole("searchbox", { name: "Name or email" });
	await expect(search).toBeVisible();

	// In a field a key is a letter.
	await page.keyboard.press("/");
	await expect(search).toBeFocused();
	await page.keyboard.type("g?");
	await expect(search).toHaveValue("g?");
	await search.fill("");
	await search.blur();

	await page.keyboard.press("j");
	const first = page.getByRole("link", { name: /Ben Ode|Ines Moreau/ }).first();
	await expect(first).toBeFocused();
	await page.keyboard.press("o");
	await expect(page).toHaveURL(/\/members\/[0-9a-f-]{36}$/);

	await page.keyboard.press("g");
	await page.keyboard.press("a");
	await expect(page).toHaveURL(new RegExp(`${home}/activity$`));
	await expect(page.getByRole("heading", { name: "Activity log", level: 1 })).toBeVisible();

	await page.keyboard.press("Control+k");
	const palette = page.getByRole("dialog", { name: "Go to" });
	await expect(palette.getByRole("combobox")).toBeFocused();
	await expectAccessible(page);
	await page.keyboard.type("Ben");
	await page.keyboard.press("Enter");
	await expect(page).toHaveURL(/\/members\?search=Ben/);
	await expect(palette).toHaveCount(0);

	await page.keyboard.press("?");
	const keys = page.getByRole("dialog", { name: "Keyboard" });
	await expectAccessible(page);
	await keys.getByRole("switch", { name: /^Single keys/ }).click();
	await page.keyboard.press("Escape");
	await expect(keys).toHaveCount(0);
	await page.keyboard.press("?");
	await page.keyboard.press("Control+k");
	await expect(palette).toBeVisible();
	await expect(keys).toHaveCount(0);
	await page.keyboard.press("Escape");

	// The main button of a form, from any of its fields; and of a dialog.
	await page.goto(`${home}/account`);
	await page.getByLabel("Name", { exact: true }).fill("Ines M.");
	await page.keyboard.press("Control+Enter");
	await expect(page.getByRole("button", { name: /^Ines M\., your account/ })).toBeVisible();
	await page.goto(`${home}/groups`);
	await page.getByRole("button", { name: "New group" }).first().click();
	const dialog = page.getByRole("dialog").filter({ has: page.getByLabel("Name") });
	await dialog.getByLabel("Name").fill("Night shift");
	await page.keyboard.press("Control+Enter");
	await expect(dialog).toHaveCount(0);
	await expect(page.getByText("Night shift").first()).toBeVisible();
});
