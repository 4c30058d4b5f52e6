/** What an admin does with a directory: mapping its groups, deciding what is held, sending again. */
import { readFile } from "node:fs/promises";
import type { APIRequestContext, Page } from "@playwright/test";
import { enterAs, expect, expectAccessible, test } from "./fixtures";
import {
	makeToken,
	patch,
	type Scim,
	scimClient,
	scimGroup,
	scimUser,
	turnOnDirectory,
} from "./fixtures/scim";
import type { World } from "./world";

/** Turns the directory on and makes a token; answers a client that sends with it. */
async function aDirectory(page: Page, request: APIRequestContext, { workspace }: World) {
	await page.goto(`/w/${workspace.slug}/sso`);
	await turnOnDirectory(page);
	return scimClient(request, await makeToken(page));
}

async function addPerson(scim: Scim, name: string, domain: string): Promise<string> {
	const email = `${name.toLowerCase()}@${domain}`;
	const { status, body } = await scim("POST", "/Users", scimUser(email, name));
	expect(status).toBe(201);
	return body.id;
}

test("a pushed group is mapped after a look at who changes, and gives and takes its role", async ({
	page,
	request,
	newWorld,
}) => {
	const world = await newWorld({ policy: { defaultRole: "viewer" } });
	const { workspace, domain } = world;
	await enterAs(page, world.admin);
	const scim = await aDirectory(page, request, world);
	const kinds = JSON.stringify((await scim("GET", "/ResourceTypes")).body);
	expect(kinds).toContain("/Groups");
	const zoe = await addPerson(scim, "Zoe", domain);
	await addPerson(scim, "Ben", domain);
	const pushed = await scim("POST", "/Groups", {
		schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
		displayName: "engineering",
		members: [{ value: zoe }],
	});
	expect(pushed.status).toBe(201);
	expect((await scim("POST", "/Groups", scimGroup("support"))).status).toBe(201);

	await page.goto(`/w/${workspace.slug}/sso/mapping`);
	await expect(page.getByRole("row", { name: /engineering/ })).toContainText("1");
	await page.getByLabel("Role for engineering").selectOption("Member");
	await expect(page.getByText("1 change, not applied.")).toBeVisible();
	await expectAccessible(page);
	let question = "";
	page.once("dialog", async (dialog) => {
		question = dialog.message();
		await dialog.dismiss();
	});
	await page.getByRole("link", { name: "SSO", exact: true }).first().click();
	expect(question).toMatch(/not saved yet/);

	await test.step("what another admin saves meanwhile stands beside the edits, which stay", async () => {
		const theirs = await page.context().newPage();
		await theirs.goto(`/w/${workspace.slug}/sso/mapping`);
		await theirs.getByLabel("Role for support").selectOption("Viewer");
		await theirs.getByRole("button", { name: "What would change" }).click();
		await theirs.getByLabel("Why?").fill("Support looks on");
		await theirs.getByRole("button", { name: "Apply", exact: true }).click();
		await expect(theirs.getByText("The mapping is applied.")).toBeVisible();
		// A toast that stands there has nothing against it.
		await expectAccessible(theirs);
		await theirs.close();

		await page.getByRole("button", { name: "What would change" }).click();
		const between = page.getByRole("dialog", { name: /^Revision \d+ came in between$/ });
		await expect(between).toContainText("Ines Moreau saved it while you were editing.");
		await expect(between).toContainText("“Support looks on”");
		await expect(between.getByRole("row", { name: /support/ })).toContainText("Not edited");
		await expectAccessible(page);
		await between.getByRole("button", { name: "Go on from revision" }).click();
		await expect(page.getByLabel("Role for support")).toHaveValue("viewer");
		await expect(page.getByLabel("Role for engineering")).toHaveValue("member");
	});
	await page.getByRole("button", { name: "What would change" }).click();
	const dialog = page.getByRole("dialog", { name: "This would touch 1 of 3 people" });
	const row = dialog.getByRole("row", { name: /Zoe/ });
	await expect(row).toContainText("Viewer");
	await expect(row).toContainText("Member");
	await expect(row).toContainText("engineering gives Member");
	await expectAccessible(page);
	const [file] = await Promise.all([
		page.waitForEvent("download"),
		dialog.getByRole("button", { name: "Download as CSV" }).click(),
	]);
	expect(await readFile(await file.path(), "utf8")).toMatch(/"Zoe".*"engineering gives Member"$/);
	await dialog.getByLabel("Why?").fill("Engineers may edit");
	await dialog.getByRole("button", { name: "Apply to 1 person" }).click();
	await expect(page.getByText("Applied to 1 person.")).toBeVisible();

	await page.goto(`/w/${workspace.slug}/members/${zoe}`);
	await expect(
		page.getByRole("heading", { name: /Why does Zoe have the role Member/ }),
	).toBeVisible();
	await expect(page.getByText(/engineering/).first()).toBeVisible();

	const left = await scim(
		"PATCH",
		`/Groups/${pushed.body.id}`,
		patch({ op: "remove", path: `members[value eq "${zoe}"]` }),
	);
	expect([200, 204]).toContain(left.status);
	await page.reload();
	await expect(
		page.getByRole("heading", { name: /Why does Zoe have the role Viewer/ }),
	).toBeVisible();
});

test("what the brake holds is decided by an admin; a refused request is tried and sent again", async ({
	page,
	request,
	newWorld,
}) => {
	const world = await newWorld({ policy: { brake: { count: 1, percent: 1, minutes: 10 } } });
	const { workspace, domain } = world;
	await enterAs(page, world.admin);
	const scim = await aDirectory(page, request, world);
	const ids = [];
	for (const name of ["Ava", "Bea", "Cleo"]) ids.push(await addPerson(scim, name, domain));
	for (const id of ids) {
		const off = await scim(
			"PATCH",
			`/Users/${id}`,
			patch({ op: "replace", path: "active", value: false }),
		);
		expect(off).toMatchObject({ status: 200, body: { active: false } });
	}

	await page.goto(`/w/${workspace.slug}/sso`);
	await expect(page.getByText("2 changes are held")).toBeVisible();
	await page.getByRole("link", { name: "See what is held" }).click();
	await expectAccessible(page);
	await page.getByRole("button", { name: "Apply for Bea" }).click();
	await expect(page.getByText("1 change is in effect.")).toBeVisible();
	await page.getByRole("button", { name: "Dismiss for Cleo" }).click();
	await expect(page.getByText("Nothing is held", { exact: true })).toBeVisible();
	await page.goto(`/w/${workspace.slug}/sso/directory/drift`);
	await expect(page.getByRole("row", { name: /Cleo/ })).toContainText("An admin dismissed it");
	await expectAccessible(page);

	// What was dismissed is applied after all, after a look at whom it takes.
	await page.getByRole("button", { name: "Apply what the directory says of Cleo" }).click();
	const look = page.getByRole("dialog", { name: "Apply what the directory says of Cleo?" });
	await expect(look.getByRole("row", { name: /Cleo/ })).toContainText("No access");
	await look.getByLabel(/^Type /).fill(workspace.slug);
	await look.getByRole("button", { name: "Apply", exact: true }).click();
	await expect(page.getByText("No drift")).toBeVisible();

	// Refused, because the name is taken; then it is not any more.
	const refused = await scim("POST", "/Users", {
		schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
		userName: `ava@${domain}`,
		active: true,
	});
	expect(refused.status).toBe(409);
	expect((await scim("DELETE", `/Users/${ids[0]}`)).status).toBe(204);
	const told = page.getByRole("link", { name: "POST /Users" });
	// The log is written a moment after the answer.
	await expect(async () => {
		await page.goto(`/w/${workspace.slug}/sso/directory/requests?outcome=refused`);
		await expect(told).toBeVisible({ timeout: 2000 });
	}).toPass();
	await expectAccessible(page);
	await told.click();
	await page.getByRole("button", { name: "Dry run" }).click();
	await expect(page.getByText("The dry run was answered 201.")).toBeVisible();
	await page.getByRole("button", { name: "Send again for real" }).click();
	await page.getByRole("button", { name: "Send it again" }).click();
	await expect(page.getByText("It was sent again and answered 201.")).toBeVisible();
	await page.getByRole("link", { name: /^By .+, answered 201$/ }).click();
	await expect(page.getByText(/ sent this again\. It repeats an earlier request\.$/)).toBeVisible();
	await expectAccessible(page);

	await page.goto(`/w/${workspace.slug}/sso/directory/self-test`);
	await page.getByRole("button", { name: "Run the self-test" }).click();
	await expect(page.getByText(/^All \d+ steps passed$/)).toBeVisible();
	await expect(page.getByRole("row", { name: /Create the person/ }).first()).toContainText("201");
	await expectAccessible(page);
});
