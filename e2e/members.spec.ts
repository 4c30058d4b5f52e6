/** Workspace > Members: finding people, inviting them, joining by the link, and what admins do. */
import type { Page } from "@playwright/test";
import {
	enterAs,
	expect,
	expectAccessible,
	type LocalProvider,
	mailTo,
	serverLog,
	test,
} from "./fixtures";
import { signInAtProvider } from "./fixtures/at-provider";
import { fillConnection, saveConnection, signIn, signOut, turnOn } from "./fixtures/steps";
import { baseUrl } from "./settings";
import type { World } from "./world";

const membersOf = ({ workspace }: World) => `/w/${workspace.slug}/members`;

/** The link of the newest invitation to an address, as its mail has it. */
async function invitationLink(address: string, mails = 1): Promise<string> {
	await expect.poll(() => mailTo(address).length).toBe(mails);
	const link = /https?:\/\/\S+\/invite\/\S+/.exec(mailTo(address).at(-1) ?? "")?.[0];
	if (!link) throw new Error("the mail has no link");
	return link;
}

async function invite(page: Page, world: World, addresses: string, role: string): Promise<void> {
	await page.goto(membersOf(world));
	await page.getByRole("link", { name: "Invite people" }).click();
	await page.getByLabel("Email addresses").fill(addresses);
	await page.getByLabel("Role").selectOption({ label: role });
	await page.getByRole("button", { name: "Send invitations" }).click();
}

async function openMember(page: Page, world: World, name: string): Promise<void> {
	await page.goto(`${membersOf(world)}?search=${encodeURIComponent(name)}`);
	await page.getByRole("link", { name, exact: true }).click();
	await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

test("an invited person joins by the link with a password, once", async ({
	page,
	browser,
	newWorld,
}) => {
	const world = await newWorld();
	const zoe = { email: `zoe@${world.domain}`, password: "nine winters in the lighthouse" };
	await enterAs(page, world.admin);
	await invite(page, world, `${zoe.email}\nnot an address\n${world.admin.email}`, "Viewer");
	await expect(page.getByText(`Invited ${zoe.email}.`)).toBeVisible();
	await expect(page.getByText("2 addresses were not invited")).toBeVisible();
	await expect(page.getByLabel("Email addresses")).toHaveValue(
		`not an address\n${world.admin.email}`,
	);
	const link = await invitationLink(zoe.email);
	// A15: from the configured address alone.
	expect(link.startsWith(`${baseUrl}/invite/`)).toBe(true);

	const theirs = await browser.newContext();
	const joining = await theirs.newPage();
	const elsewhere: string[] = [];
	joining.on("request", (request) => {
		if (!request.url().startsWith(baseUrl)) elsewhere.push(request.url());
	});
	await joining.goto(link);
	await expect(joining.getByText(/Ines Moreau invites you as Viewer/)).toBeVisible();
	await expectAccessible(joining);
	await joining.getByLabel("Password").fill("too short");
	await joining.getByLabel("Your name").fill("Zoe Lang");
	await joining.getByRole("button", { name: /^Join / }).click();
	await expect(joining.getByText("Use at least 15 characters.")).toBeVisible();
	await expect(joining.getByLabel("Your name")).toHaveValue("Zoe Lang");
	await joining.getByLabel("Password").fill(zoe.password);
	await joining.getByRole("button", { name: /^Join / }).click();
	await expect(joining).toHaveURL(new RegExp(`/w/${world.workspace.slug}`));
	await expect(joining.getByRole("button", { name: /^Zoe Lang, your account/ })).toBeVisible();
	expect(elsewhere).toEqual([]);
	await theirs.close();

	// A16: it worked once, and its token is nowhere but in the mail.
	const other = await (await browser.newContext()).newPage();
	await other.goto(link);
	await expect(other.getByRole("heading", { name: "This invitation is over" })).toBeVisible();
	await other.context().close();
	const token = link.split("/").at(-1) ?? "";
	const lines = serverLog()
		.split("\n")
		.filter((line) => line.includes(token) && !line.includes("Mail to "));
	expect(lines).toEqual([]);

	await page.goto(`${membersOf(world)}?source=invitation`);
	await expect(page.getByRole("row", { name: /Zoe Lang/ })).toContainText("Viewer");
});

test("an invitation is sent again and revoked from the list", async ({ page, newWorld }) => {
	const world = await newWorld();
	const email = `uma@${world.domain}`;
	await enterAs(page, world.admin);
	await invite(page, world, email, "Member");
	const first = await invitationLink(email);
	await page.goto(membersOf(world));
	await page.getByRole("link", { name: "1 invitation" }).click();
	await page.getByRole("button", { name: `Send the invitation of ${email} again` }).click();
	await expect(page.getByText(`Sent to ${email} again.`)).toBeVisible();
	const second = await invitationLink(email, 2);
	await page.getByRole("button", { name: `Revoke the invitation of ${email}` }).click();
	await page.getByRole("button", { name: "Revoke the invitation", exact: true }).click();
	await expect(page.getByText("No invitation is open")).toBeVisible();
	await signOut(page);
	for (const link of [first, second]) {
		await page.goto(link);
		await expect(page.getByRole("heading", { name: "This invitation is over" })).toBeVisible();
	}
});

test("where SSO is enforced, an invited person from outside the domains joins by it", async ({
	page,
	browser,
	newWorld,
	idp,
}) => {
	const world = await newWorld({ policy: { autoProvision: "off" } });
	const zoe = {
		email: `zoe@outside-${world.domain}`,
		password: "at the provider",
		givenName: "Zoe",
		familyName: "Lang",
	};
	idp.people.push(zoe);
	await signIn(page, world.admin);
	await connect(page, world, idp);
	await invite(page, world, zoe.email, "Member");
	const link = await invitationLink(zoe.email);

	const theirs = await browser.newContext();
	const joining = await theirs.newPage();
	await joining.goto(link);
	await joining.getByRole("link", { name: /^Continue with / }).click();
	await signInAtProvider(joining, zoe);
	await expect(joining).toHaveURL(new RegExp(`/w/${world.workspace.slug}`));
	await theirs.close();
	await openMember(page, world, "Zoe Lang");
	await expect(page.getByText(/Zoe has the role Member, set here/)).toBeVisible();
	await expect(page.getByText(/May Zoe come in\? Yes, with /)).toBeVisible();
});

async function connect(page: Page, { workspace }: World, idp: LocalProvider): Promise<void> {
	await fillConnection(page, workspace.slug, {
		issuer: idp.issuer,
		clientId: idp.client.id,
		clientSecret: idp.client.secret,
	});
	await saveConnection(page);
	await turnOn(page);
}

test("the list is searched, narrowed and paged by its address, without a script", async ({
	page,
	browser,
	newWorld,
	sql,
}) => {
	const world = await newWorld({ members: [{ name: "Ada Example", role: "viewer" }] });
	await sql(
		`insert into members (workspace_id, id, email, email_key, name, status, role, role_by_hand, created_by)
		 select '${world.workspace.id}', gen_random_uuid(), 'p' || i || '@${world.domain}', 'p' || i || '@${world.domain}',
		 'Person ' || lpad(i::text, 3, '0'), 'active', 'member', 'member', 'operator' from generate_series(1, 70) i`,
	);
	await signIn(page, world.admin);
	const context = await browser.newContext({
		javaScriptEnabled: false,
		storageState: await page.context().storageState(),
	});
	const plain = await context.newPage();
	await plain.goto(membersOf(world));
	await expect(plain.getByText("72 people are active")).toBeVisible();
	await expect(plain.getByRole("row")).toHaveCount(51);
	await plain.getByRole("link", { name: "Next" }).click();
	await expect(plain.getByRole("row")).toHaveCount(23);
	await expect(plain.getByRole("link", { name: "Person 070" })).toBeVisible();
	await plain.getByRole("link", { name: "Previous" }).click();
	await expect(plain.getByRole("link", { name: "Ada Example" })).toBeVisible();

	await plain.getByLabel("Name or email").fill("p07");
	await plain.getByRole("button", { name: "Show" }).click();
	await expect(plain).toHaveURL(/search=p07/);
	await expect(plain.getByText("Nobody fits")).toBeVisible();
	await plain.getByRole("link", { name: "Clear" }).click();
	await plain.getByLabel("Role").selectOption({ label: "Viewer" });
	await plain.getByRole("button", { name: "Show" }).click();
	await expect(plain.getByRole("row")).toHaveCount(2);
	await context.close();
});

test("an admin sets and pins a role, and takes access away at once", async ({
	page,
	browser,
	newWorld,
}) => {
	const world = await newWorld({ members: [{ name: "Ben Okafor" }] });
	const [ben] = world.members;
	if (!ben) throw new Error("no Ben");
	const context = await browser.newContext();
	const theirs = await context.newPage();
	await enterAs(theirs, ben);
	await enterAs(page, world.admin);

	await openMember(page, world, "Ben Okafor");
	await expectAccessible(page);
	await page.getByLabel("Role set here").selectOption({ label: "Viewer" });
	await page.getByRole("button", { name: "Set role" }).click();
	await expect(page.getByRole("heading", { name: /have the role Viewer\?/ })).toBeVisible();

	await page.getByText("Pin a role").click();
	await page.getByLabel("Role to pin").selectOption({ label: "Member" });
	await page.getByRole("button", { name: "Pin role" }).click();
	await expect(page.getByText("Say why. It is kept with the pin.")).toBeVisible();
	await page.getByLabel("Reason").fill("stands in for Ada");
	await page.getByRole("button", { name: "Pin role" }).click();
	await expect(page.getByText("Pinned to Member: stands in for Ada")).toBeVisible();
	await expect(page.getByText("The pinned role comes first").first()).toBeVisible();
	await page.getByRole("button", { name: "Unpin" }).click();
	await expect(page.getByRole("heading", { name: /have the role Viewer\?/ })).toBeVisible();

	// cust-36, A19: the browser that was open is out with its next request.
	await theirs.goto(`/w/${world.workspace.slug}`);
	await expect(theirs).toHaveURL(new RegExp(`/w/${world.workspace.slug}`));
	await page.getByRole("button", { name: "Deactivate…" }).click();
	await page.getByRole("button", { name: "Deactivate Ben Okafor" }).click();
	await expect(page.getByText("Ben is deactivated and cannot sign in.")).toBeVisible();
	await theirs.goto(`/w/${world.workspace.slug}`);
	await expect(theirs).toHaveURL(/\/login/);
	await page.getByRole("button", { name: "Reactivate" }).click();
	await expect(page.getByText("Ben has the role Viewer, set here.")).toBeVisible();

	await signIn(theirs, ben);
	await page.reload();
	await page.getByRole("button", { name: "Sign out everywhere" }).click();
	await expect(page.getByText("Not signed in anywhere")).toBeVisible();
	await theirs.goto(`/w/${world.workspace.slug}`);
	await expect(theirs).toHaveURL(/\/login/);
	await context.close();

	await page.getByRole("button", { name: "Remove…" }).click();
	await page.getByRole("button", { name: "Remove Ben Okafor" }).click();
	await expect(page).toHaveURL(new RegExp(`${membersOf(world)}$`));
	await expect(page.getByRole("link", { name: "Ben Okafor" })).toHaveCount(0);
});

test("the last admin is refused with the reason, and what was chosen stays", async ({
	page,
	newWorld,
}) => {
	const world = await newWorld();
	await enterAs(page, world.admin);
	await openMember(page, world, world.admin.name);
	await expect(page.getByLabel("Email", { exact: true })).not.toBeEditable();
	await page.getByLabel("Role set here").selectOption({ label: "Member" });
	await page.getByRole("button", { name: "Set role" }).click();
	await expect(page.getByText(/without an active admin who has a working way in/)).toBeVisible();
	await page.getByRole("button", { name: "Remove…" }).click();
	await page.getByRole("button", { name: `Remove ${world.admin.name}` }).click();
	await expect(
		page.getByRole("dialog").getByText(/without an active admin who has a working way in/),
	).toBeVisible();
});

test("what the directory manages is locked, with the reason", async ({ page, newWorld, sql }) => {
	const world = await newWorld({
		policy: { membersManagedBy: "directory", rolesFrom: "groups" },
		members: [{ name: "Aiko Tanaka" }],
	});
	const [aiko] = world.members;
	await sql(
		`insert into directories (workspace_id, id, enabled) values ('${world.workspace.id}', '${world.workspace.id}', true)`,
	);
	await sql(
		`insert into directory_users (workspace_id, directory_id, id, user_name, user_name_key, active, resource, member_id)
		 values ('${world.workspace.id}', '${world.workspace.id}', '${aiko?.id}', 'aiko', 'aiko', true, '{}', '${aiko?.id}')`,
	);
	await enterAs(page, world.admin);
	await page.goto(membersOf(world));
	const button = page.getByRole("button", { name: "Invite people" });
	await expect(button).toHaveAttribute("aria-disabled", "true");
	await expect(button).toHaveAccessibleDescription(/while directory sync is on/);
	await page.goto(`${membersOf(world)}/invite`);
	await expect(page).toHaveURL(new RegExp(`${membersOf(world)}$`));

	await openMember(page, world, "Aiko Tanaka");
	await expect(page.getByText(/Here it is read-only\./)).toBeVisible();
	await expect(page.getByLabel("Name", { exact: true })).toHaveCount(0);
	for (const name of ["Set role", "Deactivate…", "Remove…"])
		await expect(page.getByRole("button", { name })).toHaveAttribute("aria-disabled", "true");
	await expectAccessible(page);
});

test("A24: members see the list and no more; viewers see whom to ask", async ({
	page,
	newWorld,
}) => {
	const world = await newWorld({
		members: [{ name: "Ben Okafor" }, { name: "Vic Abara", role: "viewer" }],
	});
	const other = await newWorld();
	const [ben, vic] = world.members;
	if (!ben || !vic) throw new Error("nobody");
	await enterAs(page, ben);
	await page.goto(membersOf(world));
	await expect(page.getByRole("link", { name: "Invite people" })).toHaveCount(0);
	await page.getByRole("link", { name: "Vic Abara" }).click();
	await expect(page.getByRole("heading", { level: 1, name: "Vic Abara" })).toBeVisible();
	for (const name of ["Sessions", "Sign-ins", "Danger zone", "API keys"])
		await expect(page.getByRole("heading", { name })).toHaveCount(0);
	await page.goto(`${membersOf(world)}/invite`);
	await expect(page.getByLabel("Email addresses")).toHaveCount(0);
	// Somebody of another workspace is nobody here.
	const response = await page.goto(`${membersOf(world)}/${other.admin.id}`);
	expect(response?.status()).toBe(404);
	await signOut(page);

	await enterAs(page, vic);
	await page.goto(membersOf(world));
	await expect(page.getByText("Ben Okafor")).toHaveCount(0);
});
