import type { Page } from "@playwright/test";
import { generate } from "otplib";
import { expect, expectAccessible, mailTo, test } from "./fixtures";
import { giveEmail, signIn, signOut } from "./fixtures/steps";
import type { Credentials, World } from "./world";

/** What an app shows; a step ahead, since the present step's code was used to set it up. */
const codeOf = (secret: string, stepsAhead = 0) =>
	generate({ secret, epoch: Math.floor(Date.now() / 1000) + 30 * stepsAhead });

async function givePassword(page: Page, { email, password }: Credentials): Promise<void> {
	await giveEmail(page, email);
	await page.getByLabel("Password").fill(password);
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

async function openAccount(page: Page, { workspace, admin }: World): Promise<void> {
	await signIn(page, admin);
	await page.goto(`/w/${workspace.slug}/account`);
}

/** Fills in the dialog that asks who acts. */
async function prove(page: Page, { password }: Credentials, button: string): Promise<void> {
	const dialog = page.getByRole("dialog");
	await dialog.getByLabel("Your password").fill(password);
	await dialog.getByRole("button", { name: button }).click();
}

/** Keeps the recovery codes that are shown once. */
async function keepCodes(page: Page): Promise<string[]> {
	await expect(page.getByRole("listitem").filter({ hasText: /^\w{5}-\w{5}$/ })).toHaveCount(10);
	const codes = await page.getByRole("list", { name: "Recovery codes" }).innerText();
	await page.getByRole("button", { name: /I have kept them/ }).click();
	return codes.split(/\s+/).filter(Boolean);
}

async function newestCode(email: string): Promise<string> {
	let code = "";
	await expect(async () => {
		const [, found = ""] = /Subject: (\d{6}) is your code/.exec(mailTo(email).at(-1) ?? "") ?? [];
		expect(found).not.toBe("");
		code = found;
	}).toPass();
	return code;
}

test("an authenticator app is set up, asked for, and stood in for by a recovery code", async ({
	page,
	newWorld,
}) => {
	const world = await newWorld();
	const { admin, workspace } = world;
	await openAccount(page, world);
	await page.getByRole("button", { name: "Set up an authenticator app" }).click();
	await prove(page, { ...admin, password: "not the password of this person" }, "Continue");
	await expect(page.getByText("That is not your present password.")).toBeVisible();
	await prove(page, admin, "Continue");
	const secret = await page.getByLabel("Key to enter by hand", { exact: true }).inputValue();
	await expect(page.getByRole("img", { name: /QR code/ })).toBeVisible();
	await expectAccessible(page);
	await page.getByLabel("Code", { exact: true }).fill(await codeOf(secret));
	await page.getByRole("button", { name: "Set it up" }).click();
	const [code = ""] = await keepCodes(page);
	await expect(page.getByText("10 codes are left")).toBeVisible();
	await signOut(page);

	await givePassword(page, admin);
	await expect(page.getByRole("heading", { name: "Second factor" })).toBeVisible();
	await expectAccessible(page);
	const field = page.getByLabel("Code", { exact: true });
	await expect(field).toHaveAttribute("autocomplete", "one-time-code");
	await field.fill("000000");
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page.getByText("This code does not work.")).toBeVisible();
	await field.fill(await codeOf(secret, 1));
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));
	await signOut(page);

	await givePassword(page, admin);
	await page.getByRole("link", { name: "Use a recovery code" }).click();
	await page.getByLabel("Recovery code").fill(code.toLowerCase());
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));
	await page.goto(`/w/${workspace.slug}/account`);
	await expect(page.getByText("9 codes are left")).toBeVisible();

	await page.getByRole("button", { name: "Remove the authenticator app" }).click();
	await prove(page, admin, "Remove");
	await expect(page.getByText("Your second factor is removed.")).toBeVisible();
	const mails = () => mailTo(admin.email).join("\n");
	await expect.poll(mails).toContain("The authenticator app was removed");
	expect(mails()).toContain("A recovery code stood in");
});

test("a code by mail is sent when it is asked for", async ({ page, newWorld }) => {
	const world = await newWorld();
	const { admin, workspace } = world;
	await openAccount(page, world);
	await page.getByRole("button", { name: "Set up codes by mail" }).click();
	await prove(page, admin, "Turn on");
	await keepCodes(page);
	await signOut(page);
	await givePassword(page, admin);
	await page.getByLabel("Code from the mail").fill(await newestCode(admin.email));
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));
});

test("a passkey is made and used", async ({ page, newWorld }) => {
	const world = await newWorld({
		policy: { twoFactor: { required: false, factors: ["passkey", "mail"], withSso: "idp" } },
	});
	const { admin, workspace } = world;
	const devtools = await page.context().newCDPSession(page);
	await devtools.send("WebAuthn.enable");
	const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
		options: {
			protocol: "ctap2",
			transport: "internal",
			hasUserVerification: true,
			isUserVerified: true,
			automaticPresenceSimulation: true,
		},
	});
	await openAccount(page, world);
	await page.getByRole("button", { name: "Add a passkey" }).click();
	await page.getByRole("dialog").getByLabel("Name").fill("Key of this test");
	await prove(page, admin, "Make a passkey");
	await keepCodes(page);
	await expect(page.getByText("Key of this test")).toBeVisible();
	await signOut(page);

	await givePassword(page, admin);
	await expectAccessible(page);
	await page.getByRole("button", { name: "Use your passkey" }).click();
	await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));
	await signOut(page);

	// Another device, which has no key of this account.
	await devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
	await devtools.send("WebAuthn.addVirtualAuthenticator", {
		options: { protocol: "ctap2", transport: "internal", automaticPresenceSimulation: true },
	});
	await givePassword(page, admin);
	await page.getByRole("button", { name: "Use your passkey" }).click();
	await expect(page.getByText("No passkey was used.")).toBeVisible();
	await page.goto(`/w/${workspace.slug}/account`);
	await expect(page).toHaveURL(/\/login/);
});

test("where it is required, a member sets one up before anything opens", async ({
	page,
	newWorld,
}) => {
	const { admin, workspace } = await newWorld({
		policy: { twoFactor: { required: true, factors: ["app", "mail"], withSso: "idp" } },
	});
	await givePassword(page, admin);
	await expect(page.getByRole("heading", { name: "Set up a second factor" })).toBeVisible();
	await expectAccessible(page);
	await page.goto(`/w/${workspace.slug}`);
	await expect(page).toHaveURL(/\/login\?/);
	await page.goto("/");
	await page.getByRole("button", { name: /Authenticator app/ }).click();
	const secret = await page.getByLabel("Key to enter by hand", { exact: true }).inputValue();
	await page.getByLabel("Code", { exact: true }).fill(await codeOf(secret));
	await page.getByRole("button", { name: "Set it up" }).click();
	await keepCodes(page);
	await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));
});

test.describe("without JavaScript", () => {
	test.use({ javaScriptEnabled: false });

	test("a required factor is set up, and asked for the next time", async ({ page, newWorld }) => {
		const { admin, workspace } = await newWorld({
			policy: { twoFactor: { required: true, factors: ["mail"], withSso: "idp" } },
		});
		await givePassword(page, admin);
		await page.getByRole("button", { name: /Codes by mail/ }).click();
		const first = await newestCode(admin.email);
		await page.getByLabel("Code", { exact: true }).fill("000000");
		await page.getByRole("button", { name: "Set it up" }).click();
		await expect(page.getByText("This code does not work.")).toBeVisible();
		await page.getByLabel("Code", { exact: true }).fill(first);
		await page.getByRole("button", { name: "Set it up" }).click();
		const [code = ""] = await keepCodes(page);
		await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));

		await page.context().clearCookies();
		await givePassword(page, admin);
		await page.getByRole("link", { name: "Use a recovery code" }).click();
		await page.getByLabel("Recovery code").fill(code);
		await page.getByRole("button", { name: "Sign in", exact: true }).click();
		await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));
	});
});
