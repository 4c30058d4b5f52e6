/** Roles and groups as an admin keeps them: what is shown before a change is what happens. */
import type { Page } from "@playwright/test";
import { enterAs, expect, test } from "./fixtures";
import { signIn } from "./fixtures/steps";

const dialogOf = (page: Page) => page.getByRole("dialog");

/** Sets the role given by hand, on the person's own page. */
async function giveRole(page: Page, slug: string, id: string, role: string): Promise<void> {
	await page.goto(`/w/${slug}/members/${id}`);
	await page.getByLabel("Role set here").selectOption({ label: role });
	await page.getByRole("button", { name: "Set role" }).click();
	await expect(page.getByText("Role set.")).toBeVisible();
}

async function createRole(page: Page, slug: string, name: string, may: string[]): Promise<void> {
	await page.goto(`/w/${slug}/roles`);
	await page.getByRole("link", { name: "New role" }).click();
	await page.getByLabel("Name", { exact: true }).fill(name);
	for (const permission of may) await page.getByRole("checkbox", { name: permission }).check();
	await page.getByRole("button", { name: "Create role" }).click();
	await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

test("a role is created, given, changed and deleted, and its holder follows each step", async ({
	page,
	browser,
	newWorld,
}) => {
	const { admin, workspace, members } = await newWorld({
		members: [{ name: "Vic Stone", role: "viewer" }],
	});
	const [vic] = members;
	if (!vic) throw new Error("one was asked for");
	const { slug } = workspace;
	await enterAs(page, admin);
	await page.goto(`/w/${slug}/roles`);
	for (const name of ["Admin", "Member", "Viewer"])
		await expect(
			page.getByRole("table", { name: "Roles" }).getByRole("rowheader", { name }),
		).toBeVisible();
	await createRole(page, slug, "Auditor", ["Read the activity log"]);
	await expect(page.getByText("Nowhere")).toBeVisible();
	await giveRole(page, slug, vic.id, "Auditor");

	const theirs = await (await browser.newContext()).newPage();
	await signIn(theirs, vic);
	await theirs.getByRole("link", { name: "Activity" }).click();
	await expect(theirs.getByText(/Ines Moreau created the role Auditor/)).toBeVisible();

	// A permission less: the page says for how many, and the next request meets it.
	await page.goto(`/w/${slug}/roles/auditor`);
	await page.getByLabel("Name", { exact: true }).fill("Inspector");
	await page.getByRole("checkbox", { name: "Read the activity log" }).uncheck();
	await page.getByRole("button", { name: "What would change" }).click();
	await expect(
		dialogOf(page).getByText("1 person holds it and will no longer be able to:"),
	).toBeVisible();
	await expect(dialogOf(page).getByText("Nobody's role or groups change.")).toBeVisible();
	await dialogOf(page).getByRole("button", { name: "Apply" }).click();
	await expect(page.getByRole("heading", { level: 1, name: "Inspector" })).toBeVisible();
	await theirs.reload();
	await expect(theirs.getByRole("link", { name: "Activity", exact: true })).toHaveCount(0);
	await expect(theirs.getByText(/Admin/).first()).toBeVisible();

	// Deleted: who holds it is named, before and after, and another role can be chosen.
	await page.getByRole("button", { name: "Delete…" }).click();
	const dialog = dialogOf(page);
	await expect(dialog.getByText("1 member has it by hand")).toBeVisible();
	await expect(dialog.getByRole("row", { name: /Vic Stone .*Inspector Viewer/ })).toBeVisible();
	await dialog.getByLabel("Instead of Inspector").selectOption({ label: "Member" });
	await expect(dialog.getByRole("row", { name: /Vic Stone .*Inspector Member/ })).toBeVisible();
	await dialog.getByRole("button", { name: "Delete Inspector and touch 1 person" }).click();
	await expect(page).toHaveURL(/\/roles$/);
	await expect(page.getByRole("rowheader", { name: "Inspector" })).toHaveCount(0);
	await page.goto(`/w/${slug}/members?role=member`);
	await expect(page.getByRole("rowheader", { name: "Vic Stone" })).toBeVisible();
});

test("names and ranks are taken once, and what was typed stays", async ({ page, newWorld }) => {
	const { admin, workspace } = await newWorld();
	await enterAs(page, admin);
	await page.goto(`/w/${workspace.slug}/roles/new`);
	const name = page.getByLabel("Name", { exact: true });
	const rank = page.getByLabel("Rank", { exact: true });
	const create = page.getByRole("button", { name: "Create role" });
	await create.click();
	await expect(page.getByText("Give it a name of 1 to 64 characters")).toBeVisible();
	await name.fill("mem-ber");
	await create.click();
	await expect(page.getByText(/Another role has this name/)).toBeVisible();
	await name.fill("Auditor");
	await rank.fill("200");
	await create.click();
	await expect(page.getByText(/Another role has this rank/)).toBeVisible();
	await expect(name).toHaveValue("Auditor");
	await rank.fill("0");
	await create.click();
	await expect(page.getByText("Give it a whole number from 1 to 299.")).toBeVisible();
	await rank.fill("201");
	await create.click();
	await expect(page.getByRole("heading", { level: 1, name: "Auditor" })).toBeVisible();
	await expect(page.getByText("Its key is auditor")).toBeVisible();
});

test("nobody gives what they lack, and built-in roles say why they stay", async ({
	page,
	browser,
	newWorld,
}) => {
	const { admin, workspace, members } = await newWorld({ members: [{ name: "Kim Lund" }] });
	const [kim] = members;
	if (!kim) throw new Error("one was asked for");
	const { slug } = workspace;
	await enterAs(page, admin);
	await createRole(page, slug, "Keeper", ["Manage roles", "See members"]);
	await giveRole(page, slug, kim.id, "Keeper");

	const theirs = await (await browser.newContext()).newPage();
	await enterAs(theirs, kim);
	await theirs.goto(`/w/${slug}/roles/admin`);
	await expect(theirs.getByText(/Built-in roles are the same in every workspace/)).toBeVisible();
	await expect(theirs.getByRole("button", { name: "Delete…" })).toHaveCount(0);
	await theirs.goto(`/w/${slug}/roles/new`);
	await theirs.getByLabel("Name", { exact: true }).fill("Rival");
	const sso = theirs.getByRole("checkbox", { name: "Set up single sign-on" });
	await expect(sso).toHaveAttribute("aria-disabled", "true");
	await sso.click({ force: true });
	await expect(sso).not.toBeChecked();
	await theirs.getByLabel("Rank", { exact: true }).fill("290");
	await theirs.getByRole("button", { name: "Create role" }).click();
	await expect(theirs.getByText(/The role outranks the one who gives it/)).toBeVisible();
});

test("a group gathers people and gives its role, and takes it back", async ({
	page,
	newWorld,
	sql,
}) => {
	const { admin, workspace, members } = await newWorld({
		members: [{ name: "Zoe Hart", role: "viewer" }, { name: "Ben Ortiz" }],
	});
	const [zoe] = members;
	if (!zoe) throw new Error("two were asked for");
	const { slug, id } = workspace;
	// The directory manages Zoe: groups decide the role, and what was set by hand stands behind it.
	await sql(`insert into directories (workspace_id, id, enabled) values ('${id}', '${id}', false)`);
	await sql(`insert into directory_users
		(workspace_id, directory_id, id, user_name, user_name_key, active, resource, member_id)
		values ('${id}', '${id}', '${zoe.id}', 'zoe', 'zoe', true, '{}', '${zoe.id}')`);

	await enterAs(page, admin);
	await page.goto(`/w/${slug}/groups`);
	await expect(page.getByText("No group yet")).toBeVisible();
	await page.getByRole("button", { name: "New group" }).click();
	await dialogOf(page).getByRole("button", { name: "Create group" }).click();
	await expect(dialogOf(page).getByText("Give it a name of 1 to 64 characters.")).toBeVisible();
	await dialogOf(page).getByLabel("Name").fill("Engineering");
	await dialogOf(page).getByLabel("Default role").selectOption({ label: "Member" });
	await dialogOf(page).getByRole("button", { name: "Create group" }).click();
	await expect(page.getByRole("heading", { level: 1, name: "Engineering" })).toBeVisible();

	const people = page.getByRole("region", { name: "People by hand" });
	const find = async (search: string) => {
		await people.getByLabel("Name or email").fill(search);
		await people.getByRole("button", { name: "Find people" }).click();
	};
	await find("nobody of this name");
	await expect(people.getByText(/Nobody else has nobody of this name/)).toBeVisible();
	// Ben's role is set on his own page: nothing to ask.
	await find("ben");
	await people.getByRole("button", { name: "Add Ben Ortiz" }).click();
	await expect(people.getByRole("button", { name: "Take Ben Ortiz out" })).toBeVisible();
	// Zoe's changes with the group: shown first.
	await find("zoe");
	await people.getByRole("button", { name: "Add Zoe Hart" }).click();
	await expect(dialogOf(page).getByText("Add Zoe Hart to Engineering?")).toBeVisible();
	await expect(
		dialogOf(page).getByRole("row", { name: /Zoe Hart .*Viewer.*Member/ }),
	).toBeVisible();
	await dialogOf(page).getByRole("button", { name: "Add Zoe Hart" }).click();
	await expect(people.getByText("Member", { exact: false }).first()).toBeVisible();
	await expect(people.getByText("2 people were put into it by hand.")).toBeVisible();

	// Another default role, and a name, each applied as shown.
	const settings = page.getByRole("region", { name: "Settings" });
	await settings.getByLabel("Default role").selectOption({ label: "Admin" });
	await settings.getByRole("button", { name: "What would change" }).click();
	await expect(dialogOf(page).getByText("1 person becomes Admin")).toBeVisible();
	await dialogOf(page).getByRole("button", { name: "Apply to 1 person" }).click();
	await expect(dialogOf(page)).toHaveCount(0);
	// What is typed while the page is drawn anew stays.
	await settings.getByLabel("Name").fill("Builders");
	await settings.getByRole("button", { name: "Rename" }).click();
	await expect(page.getByRole("heading", { level: 1, name: "Builders" })).toBeVisible();
	await page.goto(`/w/${slug}/members?role=admin`);
	await expect(page.getByRole("rowheader", { name: "Zoe Hart" })).toBeVisible();

	// Deleted: the role set by hand counts again.
	await page.goto(`/w/${slug}/groups`);
	await page.getByRole("link", { name: "Builders" }).click();
	await page.getByRole("button", { name: "Delete…" }).click();
	await expect(dialogOf(page).getByRole("row", { name: /Zoe Hart .*Admin.*Viewer/ })).toBeVisible();
	await dialogOf(page)
		.getByRole("button", { name: /^Delete Builders/ })
		.click();
	await expect(page).toHaveURL(/\/groups$/);
	await page.goto(`/w/${slug}/members?role=viewer`);
	await expect(page.getByRole("rowheader", { name: "Zoe Hart" })).toBeVisible();
	await page.goto(`/w/${slug}/activity`);
	await expect(page.getByText(/Ines Moreau added Zoe Hart to the group Engineering/)).toBeVisible();
	await expect(page.getByText(/Ines Moreau deleted the group Builders/)).toBeVisible();
});

test("the last admin who can come in stays one, whatever is pressed", async ({
	page,
	newWorld,
}) => {
	// A20
	const { admin, workspace } = await newWorld();
	await enterAs(page, admin);
	await page.goto(`/w/${workspace.slug}/members/${admin.id}`);
	await page.getByLabel("Role set here").selectOption({ label: "Viewer" });
	await page.getByRole("button", { name: "Set role" }).click();
	await expect(page.getByText(/would leave .* without an active admin/).first()).toBeVisible();
	for (const act of ["Deactivate", "Remove"]) {
		await page.reload();
		await page
			.getByRole("button", { name: new RegExp(`^${act}`) })
			.last()
			.click();
		await dialogOf(page)
			.getByRole("button", { name: new RegExp(`^${act}`) })
			.click();
		await expect(dialogOf(page).getByText(/without an active admin/)).toBeVisible();
	}
	await page.goto(`/w/${workspace.slug}/roles`);
	await expect(page.getByRole("heading", { level: 1, name: "Roles" })).toBeVisible();
});
