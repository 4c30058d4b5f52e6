/** A6 to A8 and A10 to A14: guessing, probing, and everything before and around the second factor. */
import type { Page } from "@playwright/test";
import { generate } from "otplib";
import { enterAs, expect, mailTo, test } from "../fixtures";
import { Client } from "../fixtures/client";
import { giveEmail, signIn, signOut } from "../fixtures/steps";
import type { Credentials, World } from "../world";

/** Each test attacks from an address of its own: limits are counted by sender. */
const attacker = (number: number) => new Client(`127.0.0.${number}`);

/** Posts a password as the form does. @returns where it leads. */
async function tryPassword(client: Client, email: string, password: string): Promise<string> {
	const { headers } = await client.post("/login/password", { email, password });
	return headers.location ?? "";
}

/** Turns codes by mail on for somebody. */
const mailFactor = ({ workspace }: World, { id }: Credentials) =>
	`insert into mail_factors (workspace_id, member_id) values ('${workspace.id}', '${id}')`;

async function newestCode(email: string, not = ""): Promise<string> {
	let code = "";
	await expect(async () => {
		const [, found = ""] = /Subject: (\d{6}) is your code/.exec(mailTo(email).at(-1) ?? "") ?? [];
		expect(found).not.toBe(not);
		expect(found).not.toBe("");
		code = found;
	}).toPass();
	return code;
}

async function giveMailCode(client: Client, slug: string, code: string): Promise<string> {
	const path = `/login/factor?workspace=${slug}&use=mail`;
	const { headers } = await client.post(path, { code, kind: "mail" });
	return headers.location ?? "";
}

async function openFactorStep(page: Page, { email, password }: Credentials): Promise<void> {
	await giveEmail(page, email);
	await page.getByLabel("Password").fill(password);
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page.getByRole("heading", { name: "Second factor" })).toBeVisible();
}

test("A6: the cookie changes at sign-in, and the one before opens nothing", async ({
	newWorld,
}) => {
	const { admin, workspace } = await newWorld();
	const home = `/w/${workspace.slug}`;
	const client = new Client();
	await tryPassword(client, admin.email, admin.password);
	expect((await client.get(home)).status).toBe(200);
	const before = client.cookie("__Host-gatehouse.session");
	const thief = new Client();
	thief.set("__Host-gatehouse.session", before);
	expect((await thief.get(home)).status).toBe(200);
	await tryPassword(client, admin.email, admin.password);
	expect(client.cookie("__Host-gatehouse.session")).not.toBe(before);
	expect((await client.get(home)).status).toBe(200);
	expect((await thief.get(home)).headers.location).toContain("/login");
});

test("A7: 20 wrong passwords on one account are throttled; the right one works from elsewhere", async ({
	newWorld,
}) => {
	const { admin, workspace } = await newWorld();
	const from = attacker(71);
	const answers = [];
	for (let i = 0; i < 20; i++)
		answers.push(await tryPassword(from, admin.email, `wrong password ${i}`));
	expect(answers.filter((to) => to.includes("wrong_password"))).toHaveLength(10);
	expect(answers.slice(10).every((to) => to.includes("throttled"))).toBe(true);
	expect(await tryPassword(from, admin.email, admin.password)).toContain("throttled");
	expect(await tryPassword(attacker(72), admin.email, admin.password)).toContain(
		`/w/${workspace.slug}`,
	);
});

test("A7: a spray over 100 accounts is throttled, and locks nobody out", async ({ newWorld }) => {
	const { admin, workspace, domain } = await newWorld({ domain: false });
	const from = attacker(73);
	const answers = [];
	for (let i = 0; i < 100; i++)
		answers.push(await tryPassword(from, `p${i}@${domain}`, "summer holiday 2026"));
	expect(answers.filter((to) => to.includes("throttled"))).toHaveLength(50);
	expect(await tryPassword(attacker(74), admin.email, admin.password)).toContain(
		`/w/${workspace.slug}`,
	);
});

test("A8: known and unknown addresses are told the same at sign-in, lookup and reset", async ({
	newWorld,
}) => {
	const { admin, domain } = await newWorld();
	const unknown = `nobody@${domain}`;
	const steps: [path: string, more: Record<string, string>][] = [
		["/login", {}],
		["/login/password", { password: "not the password of anybody" }],
		["/reset", {}],
	];
	for (const [path, more] of steps) {
		const told = async (email: string) => {
			const client = attacker(81);
			const { status, headers } = await client.post(path, { email, ...more });
			const next = await client.get(headers.location ?? "");
			const words = next.body.replaceAll(/nonce="[^"]*"|nonce-[\w+/=]+/g, "").replaceAll(email, "");
			return { status, location: headers.location, next: next.status, words: visible(words) };
		};
		expect(await told(admin.email), path).toEqual(await told(unknown));
	}
});

/** What a person reads of a page. */
const visible = (html: string) =>
	html
		.replaceAll(/<(script|style|head)[\s\S]*?<\/\1>/g, "")
		.replaceAll(/<[^>]*>/g, " ")
		.replaceAll(/\s+/g, " ");

test("A10: before the second factor nothing opens", async ({ newWorld, sql }) => {
	const world = await newWorld();
	const { admin, workspace } = world;
	await sql(mailFactor(world, admin));
	const client = new Client();
	expect(await tryPassword(client, admin.email, admin.password)).toContain("/login/factor");
	const token = client.cookie("__Host-gatehouse.challenge");
	expect(token).not.toBe("");
	expect(client.cookie("__Host-gatehouse.session")).toBe("");
	const home = `/w/${workspace.slug}`;
	const pages = ["", "/account", "/members", "/sso", "/activity", "/activity/export", "/api-keys"];
	// The second as Next's own router asks: without the parameter it would be led to it first.
	const ways: { query: string; headers: Record<string, string> }[] = [
		{ query: "", headers: {} },
		{ query: "?_rsc", headers: { rsc: "1" } },
	];
	// The token in the session's place is no session either.
	client.set("__Host-gatehouse.session", token);
	for (const page of pages)
		for (const { query, headers } of ways) {
			const asked = home + page + query;
			const { status, headers: answered, body } = await client.get(asked, headers);
			const away = `${answered.location ?? ""} ${status === 200 ? body : ""}`;
			expect(away, asked).toContain("/login?");
			expect(body).not.toContain(admin.email);
		}
	expect((await client.get("/api/v1/me")).status).toBe(401);
	const bearer = { authorization: `Bearer ${token}` };
	expect((await client.get("/api/v1/me", bearer)).status).toBe(401);
	expect((await client.get("/api/scim/v2/Users", bearer)).status).toBe(401);
	const rows = await sql(`select 1 from sessions where member_id = '${admin.id}'`);
	expect(rows).toEqual([]);
});

test("A11: a code of the app works once", async ({ page, newWorld }) => {
	const { admin, workspace } = await newWorld();
	await enterAs(page, admin);
	await page.goto(`/w/${workspace.slug}/account`);
	await page.getByRole("button", { name: "Set up an authenticator app" }).click();
	await page.getByLabel("Your password").fill(admin.password);
	await page.getByRole("button", { name: "Continue" }).click();
	const secret = await page.getByLabel("Key to enter by hand", { exact: true }).inputValue();
	const codeOf = (ahead: number) =>
		generate({ secret, epoch: Math.floor(Date.now() / 1000) + 30 * ahead });
	await page.getByLabel("Code", { exact: true }).fill(await codeOf(0));
	await page.getByRole("button", { name: "Set it up" }).click();
	await page.getByRole("button", { name: "I have kept them" }).click();
	await signOut(page);
	await openFactorStep(page, admin);
	const code = await codeOf(1);
	await page.getByLabel("Code", { exact: true }).fill(code);
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page).toHaveURL(/\/w\//);
	await signOut(page);
	await openFactorStep(page, admin);
	await page.getByLabel("Code", { exact: true }).fill(code);
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page.getByText("This code does not work.")).toBeVisible();
});

test("A12: a mailed code is refused at the sixth try, in the eleventh minute and elsewhere", async ({
	newWorld,
	sql,
}) => {
	const world = await newWorld({ members: [{ name: "Ben Okafor" }, { name: "Cy Adler" }] });
	const { slug } = world.workspace;
	const [ben, cy] = world.members;
	if (!ben || !cy) throw new Error("no members");
	for (const member of [world.admin, ben, cy]) await sql(mailFactor(world, member));
	const begin = async ({ email, password }: Credentials) => {
		const client = new Client();
		await tryPassword(client, email, password);
		return client;
	};

	const guessing = await begin(world.admin);
	const right = await newestCode(world.admin.email);
	const wrong = right === "000000" ? "111111" : "000000";
	for (let i = 0; i < 5; i++)
		expect(await giveMailCode(guessing, slug, wrong)).toContain("code_wrong");
	await expect(giveMailCode(guessing, slug, right)).rejects.toThrow("no form");

	const late = await begin(ben);
	const old = await newestCode(ben.email);
	await sql(
		`update login_challenges set mail_code_expires_at = mail_code_expires_at - interval '11 minutes' where member_id = '${ben.id}'`,
	);
	await expect(giveMailCode(late, slug, old)).rejects.toThrow("no form");

	const one = await begin(cy);
	const first = await newestCode(cy.email);
	const other = await begin(cy);
	const second = await newestCode(cy.email, first);
	expect(await giveMailCode(other, slug, first)).toContain("code_wrong");
	expect(await giveMailCode(one, slug, second)).toContain("code_wrong");
	expect(await giveMailCode(other, slug, second)).toContain(`/w/${slug}`);
});

test("A13: an open browser changes nothing without the present password", async ({
	page,
	newWorld,
	sql,
}) => {
	const world = await newWorld();
	const { admin, workspace } = world;
	await sql(mailFactor(world, admin));
	await sql(`delete from mail_factors where member_id = '${admin.id}'`);
	await signIn(page, admin);
	await sql(mailFactor(world, admin));
	await page.goto(`/w/${workspace.slug}/account`);
	const remove = async (password: string) => {
		await page.getByRole("button", { name: "Turn off codes by mail" }).click();
		await page.getByLabel("Your password").fill(password);
		await page.getByRole("button", { name: "Turn off", exact: true }).click();
	};
	await remove("");
	await expect(page.getByText("That is not your present password.")).toBeVisible();
	await page.getByRole("button", { name: "Cancel" }).click();
	await sql(
		`update sessions set authenticated_at = now() - interval '16 minutes' where member_id = '${admin.id}'`,
	);
	await remove(admin.password);
	await expect(page.getByRole("link", { name: "Sign in again" })).toBeVisible();
	const left = await sql(`select 1 from mail_factors where member_id = '${admin.id}'`);
	expect(left).toHaveLength(1);
});

test("A14: a reset ends other sessions, works once, and the second factor is still asked", async ({
	page,
	newWorld,
	sql,
}) => {
	const world = await newWorld();
	const { admin, workspace } = world;
	const elsewhere = new Client();
	await tryPassword(elsewhere, admin.email, admin.password);
	await sql(mailFactor(world, admin));
	await page.goto("/reset");
	await page.getByLabel("Email").fill(admin.email);
	await page.getByRole("button", { name: "Mail me a link" }).click();
	const link = () => /(http:\S+\/reset\/choose\?\S+)/.exec(mailTo(admin.email).at(-1) ?? "")?.[1];
	await expect.poll(link).toBeTruthy();
	const href = link() ?? "";
	await page.goto(href);
	const password = "a lake beside seven unlikely words";
	await page.getByLabel("New password").fill(password);
	await page.getByRole("button", { name: "Set the password" }).click();
	await expect(page.getByText("Your new password is set.")).toBeVisible();
	expect((await elsewhere.get(`/w/${workspace.slug}`)).headers.location).toContain("/login");
	await page.goto(href);
	await expect(page.getByText("This link no longer works")).toBeVisible();
	await openFactorStep(page, { ...admin, password });
	await page.goto(`/w/${workspace.slug}`);
	await expect(page).toHaveURL(/\/login/);
});
