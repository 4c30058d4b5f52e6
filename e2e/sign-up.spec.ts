import { expect, expectAccessible, mailTo, test } from "./fixtures";
import { signIn, signOut } from "./fixtures/steps";

const password = "seven unlikely words beside a lake";

test("somebody signs up by mail: the workspace is there once the link is followed", async ({
	page,
	newWorld,
	sql,
}) => {
	const mark = (await newWorld({ domain: false })).domain.replace(".test", "");
	const email = `maya@up-${mark}.test`;
	await page.goto("/login");
	await page.getByRole("link", { name: "Create a workspace" }).click();
	await page.getByLabel("Email").fill("no address");
	await page.getByRole("button", { name: "Mail me a link" }).click();
	await expect(page.getByText("Enter an email address")).toBeVisible();
	await expectAccessible(page);
	await page.getByLabel("Email").fill(email);
	await page.getByRole("button", { name: "Mail me a link" }).click();
	await expect(page.getByRole("heading", { name: "Look in your mail" })).toBeVisible();
	expect(await sql(`select id from members where email_key = '${email}'`)).toEqual([]);

	await expect.poll(() => mailTo(email).length).toBe(1);
	const link = /(http\S+\/signup\/create\?\S+)/.exec(mailTo(email)[0] ?? "")?.[1] ?? "";
	await page.goto(link);
	await expectAccessible(page);
	await page.getByLabel("Your name").fill("Maya Lindqvist");
	await page.getByLabel("Workspace").fill("Lindqvist");
	await page.getByLabel("Address").fill("login");
	await page.getByLabel("Password").fill(password);
	await page.getByRole("button", { name: "Create workspace" }).click();
	await expect(page.getByText(/none of Gatehouse’s own words/)).toBeVisible();
	await expect(page.getByLabel("Workspace")).toHaveValue("Lindqvist");
	await page.getByLabel("Address").fill(`up-${mark}`);
	await page.getByLabel("Password").fill(password);
	await page.getByRole("button", { name: "Create workspace" }).click();
	await expect(page).toHaveURL(new RegExp(`/w/up-${mark}`));
	await expect(page.getByRole("main").getByText("Admin", { exact: true })).toBeVisible();

	await page.goto(link);
	await expect(page.getByRole("heading", { name: "This link has ended" })).toBeVisible();
	await page.goto(`/w/up-${mark}`);
	await signOut(page);
	await signIn(page, { email, password });
});

test("who comes from a known domain is asked first, known or not", async ({ page, newWorld }) => {
	const { admin, domain } = await newWorld();
	for (const email of [admin.email, `nobody@${domain}`]) {
		await page.goto("/signup");
		await page.getByLabel("Email").fill(email);
		await page.getByRole("button", { name: "Mail me a link" }).click();
		await expect(page.getByRole("heading", { name: `${domain} is here already` })).toBeVisible();
		await expectAccessible(page);
		await page.getByRole("button", { name: "Create another workspace" }).click();
		await expect(page.getByRole("heading", { name: "Look in your mail" })).toBeVisible();
	}
});

test("one email in two workspaces: only those that were opened are offered", async ({
	page,
	newWorld,
	sql,
}) => {
	const one = await newWorld();
	const two = await newWorld();
	const three = await newWorld();
	// The same address in all three; the same password in two of them.
	const { email, password: shared } = one.admin;
	for (const { workspace, admin } of [two, three])
		await sql(
			`update members set email = '${email}', email_key = '${email}'
			where workspace_id = '${workspace.id}' and id = '${admin.id}' returning id`,
		);
	await sql(
		`update passwords set hash = (select hash from passwords where member_id = '${one.admin.id}')
		where member_id = '${two.admin.id}' returning member_id`,
	);
	await page.goto("/login");
	await page.getByLabel("Email", { exact: true }).fill(email);
	await page.getByRole("button", { name: "Continue", exact: true }).click();
	await page.getByLabel("Password").fill(shared);
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page.getByRole("heading", { name: "Where to?" })).toBeVisible();
	await expect(page.getByRole("button", { name: one.workspace.name })).toBeVisible();
	await expect(page.getByRole("button", { name: two.workspace.name })).toBeVisible();
	await expect(page.getByText(three.workspace.name)).toHaveCount(0);
	await page.getByRole("button", { name: two.workspace.name }).click();
	await page.getByRole("button", { name: /switch workspace/ }).click();
	await expect(page.getByRole("menuitem", { name: "New workspace" })).toBeVisible();
	await page.getByRole("menuitem", { name: new RegExp(one.workspace.name) }).click();
	await expect(page).toHaveURL(new RegExp(`/w/${one.workspace.slug}`));
	await page.goto(`/w/${three.workspace.slug}`);
	await expect(page).toHaveURL(/\/login/);
});
