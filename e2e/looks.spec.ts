/**
 * Each page as it is seen, in light on a desk and in dark on a phone: no accessibility violation,
 * nothing wider than the screen. Screenshots are kept for people in test-results/looks/.
 */
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./fixtures";
import { fillConnection, giveEmail, saveConnection, signIn } from "./fixtures/steps";

async function expectGoodLooks(page: Page, name: string, project: string): Promise<void> {
	await page.waitForLoadState("networkidle");
	const picture = { path: `test-results/looks/${name}-${project}.png`, fullPage: true } as const;
	await page.screenshot({ ...picture, animations: "disabled" });
	await expectAccessible(page);
	const tooWide = await page.evaluate(
		() => document.documentElement.scrollWidth > document.documentElement.clientWidth,
	);
	expect(tooWide, `${name} scrolls sideways`).toBe(false);
}

test("signing in", async ({ page, newWorld }, { project }) => {
	const { admin } = await newWorld();
	await page.goto("/login");
	await expectGoodLooks(page, "login", project.name);
	await giveEmail(page, admin.email);
	await expect(page.getByLabel("Password")).toBeVisible();
	await expectGoodLooks(page, "login-password", project.name);
	await page.getByLabel("Password").fill("not the password of anybody");
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page.getByLabel("Password")).toHaveAttribute("aria-invalid", "true");
	await expectGoodLooks(page, "login-wrong", project.name);
	await page.goto("/sso/refused");
	await expectGoodLooks(page, "refused", project.name);
	await page.goto("/nowhere");
	await expectGoodLooks(page, "not-found", project.name);
});

test("a workspace and its single sign-on", async ({ page, newWorld, idp }, { project }) => {
	const { admin, workspace } = await newWorld();
	await signIn(page, admin);
	await expectGoodLooks(page, "home", project.name);
	await page.goto(`/w/${workspace.slug}/sso`);
	await expectGoodLooks(page, "sso-new", project.name);
	await fillConnection(page, workspace.slug, {
		issuer: idp.issuer,
		clientId: idp.client.id,
		clientSecret: idp.client.secret,
	});
	await expectGoodLooks(page, "connection", project.name);
	await saveConnection(page);
	await expectGoodLooks(page, "sso-draft", project.name);
	await page.goto(`/w/${workspace.slug}/activity`);
	await expectGoodLooks(page, "activity", project.name);
});
