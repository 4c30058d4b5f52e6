/** Personal Google accounts, with a local OpenID provider in Google's place. */
import type { Page } from "@playwright/test";
import { atGoogle, enterAs, expect, expectAccessible, mailTo, test } from "./fixtures";
import { signInAtProvider } from "./fixtures/at-provider";
import {
	fillConnection,
	giveEmail,
	saveConnection,
	signIn,
	signOut,
	testSignIn,
	turnOn,
} from "./fixtures/steps";
import type { Person } from "./idp/oidc";
import { google } from "./settings";
import type { Credentials, World } from "./world";

/** A Google account of somebody, under an address of its own. */
function account({ domain }: World, called = "alice", more: Partial<Person> = {}): Person {
	return atGoogle({
		email: `${called}@google-${domain}`,
		password: "at Google",
		givenName: "Alice",
		familyName: "Adams",
		...more,
	});
}

const beside = { policy: { google: "beside" as const }, members: [{ name: "Ben Okafor" }] };

function memberOf({ members }: World): Credentials {
	const [member] = members;
	if (!member) throw new Error("the world has no member");
	return member;
}

async function link(page: Page, { workspace }: World, person: Person, password: string) {
	await page.goto(`/w/${workspace.slug}/account`);
	await page.getByRole("button", { name: "Link Google account…" }).click();
	const dialog = page.getByRole("dialog");
	await dialog.getByLabel("Your password").fill(password);
	await dialog.getByRole("button", { name: "Continue to Google" }).click();
	await signInAtProvider(page, person);
	await expect(page).toHaveURL(/\/account/);
	await expect(page.getByText(person.email)).toBeVisible();
}

async function signInByGoogle(page: Page, person: Person, at = "/login"): Promise<void> {
	await page.goto(at);
	await page.getByRole("link", { name: "Sign in with Google" }).click();
	await signInAtProvider(page, person);
}

test("a member links a Google account with the password, and signs in with it", async ({
	page,
	newWorld,
}) => {
	const world = await newWorld(beside);
	const ben = memberOf(world);
	const alice = account(world);
	await enterAs(page, ben);
	await page.goto(`/w/${world.workspace.slug}/account`);
	await page.getByRole("button", { name: "Link Google account…" }).click();
	const dialog = page.getByRole("dialog");
	await expectAccessible(page);
	await dialog.getByLabel("Your password").fill("not the password");
	await dialog.getByRole("button", { name: "Continue to Google" }).click();
	await expect(dialog.getByText("That is not your present password.")).toBeVisible();
	await link(page, world, alice, ben.password);
	await expect.poll(() => mailTo(ben.email).at(-1) ?? "").toContain(alice.email);
	await signOut(page);

	await signInByGoogle(page, alice);
	await expect(page).toHaveURL(new RegExp(`/w/${world.workspace.slug}`));
	await expect(page.getByRole("button", { name: /^Ben Okafor, your account/ })).toBeVisible();
	await expect(page.getByText("With Google")).toBeVisible();

	// Both ways stay open, and unlinking closes this one. The sign-in just now is the proof.
	await page.goto(`/w/${world.workspace.slug}/account`);
	await page.getByRole("button", { name: "Unlink…" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Unlink" }).click();
	await expect(page.getByText("No Google account is linked")).toBeVisible();
	await signOut(page);
	await signInByGoogle(page, alice);
	await expect(page.getByText(/does not open Gatehouse\. Sign in another way/)).toBeVisible();
	await signIn(page, ben);
});

test("a Google account that nobody linked opens nothing, whatever its address", async ({
	page,
	newWorld,
}) => {
	const world = await newWorld(beside);
	const { workspace } = world;
	const impostor = account(world, "impostor", { email: memberOf(world).email });
	await signInByGoogle(page, impostor);
	await expect(page.getByRole("heading", { name: "You are not signed in" })).toBeVisible();
	await expectAccessible(page);
	await signInByGoogle(page, impostor, `/login?workspace=${workspace.slug}`);
	await expect(page.getByText(`does not open ${workspace.name}`)).toBeVisible();
	await page.goto(`/w/${workspace.slug}`);
	await expect(page).toHaveURL(/\/login/);
});

test("where linking replaces the password, the password is closed until it is undone", async ({
	page,
	newWorld,
}) => {
	const world = await newWorld({ ...beside, policy: { google: "replacesPassword" } });
	const ben = memberOf(world);
	const alice = account(world);
	await enterAs(page, ben);
	await link(page, world, alice, ben.password);
	await signOut(page);
	await giveEmail(page, ben.email);
	await page.getByLabel("Password").fill(ben.password);
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page.getByText("Sign in with the Google account you linked.")).toBeVisible();
	await page.getByRole("link", { name: "Sign in with Google" }).click();
	await signInAtProvider(page, alice);
	await expect(page).toHaveURL(new RegExp(`/w/${world.workspace.slug}`));
});

test("with SSO enforced, a linked Google account leads to the provider", async ({
	page,
	newWorld,
	idp,
}) => {
	const world = await newWorld({
		...beside,
		policy: { google: "beside", enforceSso: { mode: "on" } },
	});
	const { admin, workspace } = world;
	const alice = account(world);
	await enterAs(page, admin);
	await link(page, world, alice, admin.password);
	const { issuer, client } = idp;
	const values = { issuer, clientId: client.id, clientSecret: client.secret };
	const adminThere = { ...admin, givenName: "Ines", familyName: "Moreau" };
	idp.people.push(adminThere);
	await fillConnection(page, workspace.slug, values);
	await testSignIn(page, adminThere);
	await saveConnection(page);
	await turnOn(page);
	await signOut(page);
	await signInByGoogle(page, alice);
	await expect(page).toHaveURL(/\/login\/way/);
	await expect(page.getByRole("link", { name: /^Continue with / })).toBeVisible();
	await page.goto(`/login?workspace=${workspace.slug}`);
	await expect(page.getByRole("link", { name: "Sign in with Google" })).toHaveCount(0);
});

test("signing in once more must come back as the same person", async ({ page, newWorld, sql }) => {
	const world = await newWorld(beside);
	const ben = memberOf(world);
	const [alice, other] = [account(world), account(world, "other")];
	await enterAs(page, ben);
	await link(page, world, alice, ben.password);
	await signOut(page);
	await signInByGoogle(page, alice);
	await expect(page).toHaveURL(new RegExp(`/w/${world.workspace.slug}`));
	const yesterday = "now() - interval '1 day'";
	const ofBen = `member_id = '${ben.id}'`;
	await sql(`update sessions set authenticated_at = ${yesterday} where ${ofBen} returning id`);

	await page.goto(`/w/${world.workspace.slug}/account`);
	await page.getByRole("button", { name: "Unlink…" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Unlink" }).click();
	await page.getByRole("dialog").getByRole("link", { name: "Sign in again" }).click();
	await page.getByRole("link", { name: "Continue with Google" }).click();
	await signInAtProvider(page, other);
	await expect(page.getByText(/does not open/)).toBeVisible();
	const again = `/login/again?workspace=${world.workspace.slug}`;
	await page.goto(`${again}&next=/w/${world.workspace.slug}/account`);
	await page.getByRole("link", { name: "Continue with Google" }).click();
	await signInAtProvider(page, alice);
	await expect(page).toHaveURL(/\/account$/);
});

test("a second factor is asked after Google too", async ({ page, newWorld, sql }) => {
	const world = await newWorld(beside);
	const { workspace } = world;
	const ben = memberOf(world);
	const alice = account(world);
	await enterAs(page, ben);
	await link(page, world, alice, ben.password);
	await sql(
		`insert into mail_factors (workspace_id, member_id) values ('${workspace.id}', '${ben.id}') returning member_id`,
	);
	await signOut(page);
	await signInByGoogle(page, alice);
	await expect(page).toHaveURL(/\/login\/factor/);
	// What the first factor opened is no session.
	await page.request.get(`/w/${workspace.slug}`, { maxRedirects: 0 }).then((response) => {
		expect(response.headers().location).toMatch(/\/login/);
	});
	const code = () => /(\d{6}) is your code/.exec(mailTo(ben.email).at(-1) ?? "")?.[1];
	await expect.poll(code).toBeTruthy();
	await page.getByLabel("Code from the mail").fill(code() ?? "");
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));
	await expect(page.getByText("With Google")).toBeVisible();
});

test("somebody signs up with a Google account", async ({ page, newWorld }) => {
	const world = await newWorld();
	const alice = account(world);
	await page.goto("/signup");
	await page.getByRole("link", { name: "Sign up with Google" }).click();
	await signInAtProvider(page, alice);
	await expect(page.getByLabel("Your name")).toHaveValue("Alice Adams");
	await expect(page.getByLabel("Password")).toHaveCount(0);
	await page.getByLabel("Workspace").fill("Adams & Daughters");
	const slug = `adams-${world.domain.replace(".test", "")}`;
	await page.getByLabel("Address").fill(slug);
	await page.getByRole("button", { name: "Create workspace" }).click();
	await expect(page).toHaveURL(new RegExp(`/w/${slug}`));
	await signOut(page);
	await signInByGoogle(page, alice);
	await expect(page).toHaveURL(new RegExp(`/w/${slug}`));

	// An address that Google has not verified proves nothing.
	const unverified = account(world, "unverified", { emailVerified: false });
	await page.goto("/signup");
	await page.getByRole("link", { name: "Sign up with Google" }).click();
	await signInAtProvider(page, unverified);
	await expect(page.getByText("Google has not verified your email yet.")).toBeVisible();
});

test("an answer that this browser did not ask for opens nothing", async ({
	page,
	browser,
	newWorld,
}) => {
	const world = await newWorld(beside);
	const ben = memberOf(world);
	const alice = account(world);
	await enterAs(page, ben);
	await link(page, world, alice, ben.password);
	await page.context().clearCookies();

	await page.goto("/api/auth/callback/google?code=made-up&state=made-up");
	await expect(page.getByText("This sign-in could not be finished.")).toBeVisible();

	// A sign-in that began in another browser, finished in this one.
	const elsewhere = await browser.newContext();
	const began = await elsewhere.request.get("/login/google", { maxRedirects: 0 });
	await page.goto(began.headers().location ?? "");
	await signInAtProvider(page, alice);
	await expect(page.getByText("This sign-in could not be finished.")).toBeVisible();
	await page.goto(`/w/${world.workspace.slug}`);
	await expect(page).toHaveURL(/\/login/);

	// The same where this browser had begun one of its own.
	await page.goto("/login");
	await page.getByRole("link", { name: "Sign in with Google" }).click();
	await page.goto(began.headers().location ?? "");
	await signInAtProvider(page, alice);
	await expect(page.getByText("Google reported a problem.")).toBeVisible();
	await page.goto(`/w/${world.workspace.slug}`);
	await expect(page).toHaveURL(/\/login/);
	await elsewhere.close();
});

test("only our own pages lead to Google, and next-auth answers nothing else", async ({
	request,
}) => {
	const start = (site: string) =>
		request.get("/login/google", { maxRedirects: 0, headers: { "sec-fetch-site": site } });
	expect((await start("same-origin")).headers().location).toContain(google.issuer);
	expect((await start("cross-site")).headers().location).toMatch(/\/login$/);
	for (const path of [
		"signin",
		"signin/google",
		"session",
		"providers",
		"csrf",
		"error",
		"signout",
	])
		expect((await request.get(`/api/auth/${path}`)).status(), path).toBe(404);
	for (const path of ["signin/google", "_log", "signout", "session"])
		expect((await request.post(`/api/auth/${path}`)).status(), path).toBe(405);
});
