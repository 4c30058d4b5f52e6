/** A refused sign-in, from the code its visitor reads to the reason its admin reads. */
import { enterAs, expect, expectAccessible, test } from "./fixtures";
import {
	fillConnection,
	giveEmail,
	saveConnection,
	signInBySso,
	signOut,
	turnOn,
} from "./fixtures/steps";

test("a visitor's code leads the admin to what happened, and to what to do", async ({
	page,
	newWorld,
	idp,
}, info) => {
	const { admin, workspace, domain } = await newWorld({ policy: { autoProvision: "off" } });
	const samuel = {
		email: `samuel@${domain}`,
		password: "at the provider",
		givenName: "Samuel",
		familyName: "Okafor",
	};
	idp.people.push(samuel);
	await enterAs(page, admin);
	await fillConnection(page, workspace.slug, {
		issuer: idp.issuer,
		clientId: idp.client.id,
		clientSecret: idp.client.secret,
	});
	await saveConnection(page);
	await turnOn(page);
	await signOut(page);

	await signInBySso(page, samuel.email, samuel);
	await expect(page.getByRole("heading", { name: /did not let you in/ })).toBeVisible();
	const code = await page.getByLabel("Code", { exact: true }).inputValue();
	expect(code).toMatch(/^GH-[0-9A-HJKMNP-TV-Z]{4,9}$/);
	// The reason's own name is the admin's matter.
	await expect(page.getByText("unknown_person")).toHaveCount(0);
	await expectAccessible(page);
	await page.getByRole("link", { name: "Other account" }).click();
	await expect(page).toHaveURL(/\/interaction\//);
	expect(idp.requests.some((path) => path.includes("prompt=select_account"))).toBe(true);

	await giveEmail(page, admin.email);
	await page.getByRole("link", { name: "Use a password" }).click();
	await page.getByLabel("Password").fill(admin.password);
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page).toHaveURL(/\/w\//);
	await page.goto(`/w/${workspace.slug}/activity`);
	await page.getByLabel("Person, group or code").fill(code.toLowerCase());
	await page.getByRole("button", { name: "Show" }).click();
	await expect(page).toHaveURL(new RegExp(`/activity/sign-ins/${code}$`));
	const main = page.getByRole("main");
	await expect(main.getByText("unknown_person")).toBeVisible();
	await expect(main.getByText("Why.")).toBeVisible();
	await expect(main.getByText("Would today’s rules decide the same?")).toBeVisible();
	// Names are hidden until they are opened, and a token is nowhere.
	await expect(main.getByText("Samuel Okafor")).toBeHidden();
	await page.getByText("Show what is hidden").click();
	await expect(main.getByText("Samuel Okafor")).toBeVisible();
	expect(await page.content()).not.toContain("eyJ");
	await expectAccessible(page);
	await page.screenshot({
		path: `test-results/looks/trace-${info.project.name}.png`,
		fullPage: true,
	});

	await page.getByRole("link", { name: "Simulate with other rules" }).click();
	await expect(page.getByText(`${samuel.email} would be refused.`)).toBeVisible();
	await page.getByLabel("With the rules").selectOption({ label: "Side by side" });
	await expect(page.getByText(`${samuel.email} would be added as a new member`)).toBeVisible();
	await expectAccessible(page);
	await page.screenshot({
		path: `test-results/looks/simulator-${info.project.name}.png`,
		fullPage: true,
	});

	// A row of the log has an address of its own, and shows what the page of the trace shows.
	await page.goto(`/w/${workspace.slug}/activity?outcome=refused`);
	await page.getByRole("link", { name: new RegExp(code) }).click();
	await expect(page).toHaveURL(/[?&]open=/);
	await expect(main.getByText("Would today’s rules decide the same?")).toBeVisible();
	await page.reload();
	await expect(main.getByText("unknown_person")).toBeVisible();
	await expectAccessible(page);
	await page.screenshot({
		path: `test-results/looks/activity-open-${info.project.name}.png`,
		fullPage: true,
	});
});
