import { expect, test } from "@playwright/test";

test("signing up is closed unless the operator opens it", async ({ page, request }) => {
	for (const path of ["/signup", "/signup/create?ticket=made-up"])
		expect((await request.get(path)).status(), path).toBe(404);
	await page.goto("/login");
	await expect(page.getByRole("link", { name: "Create a workspace" })).toHaveCount(0);
	await expect(page.getByRole("link", { name: "Sign in with Google" })).toHaveCount(0);
});
