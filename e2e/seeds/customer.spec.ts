/** Customer's guide, step by step: each provider it names, SSO for everybody, and off again. */
import type { Page } from "@playwright/test";
import { atGoogle, enterAs, expect, expectAccessible, mailTo, test } from "../fixtures";
import { signInAtProvider } from "../fixtures/at-provider";
import { directoryOf, scimClient, scimUser } from "../fixtures/scim";
import {
	authenticate,
	dialogWith,
	giveEmail,
	saveConnection,
	signIn,
	signInBeside,
	signInBySso,
	signOut,
	testSignIn,
} from "../fixtures/steps";
import { google } from "../settings";
import type { Credentials, World } from "../world";

function memberOf({ members: [member] }: World): Credentials {
	if (!member) throw new Error("the world has no member");
	return member;
}

const at = (email: string, name: string, more: { hd?: string } = {}) => {
	const [givenName = "", familyName = ""] = name.split(" ");
	return { email, password: "at the provider", givenName, familyName, ...more };
};

type Provider = { issuer: string; client: { id: string; secret: string } };

/** Opens a provider's form from the tiles, and fills in what was exchanged. */
async function fillProvider(
	page: Page,
	{ workspace }: World,
	tile: RegExp,
	{ issuer, client }: Provider,
): Promise<void> {
	await page.goto(`/w/${workspace.slug}/sso`);
	await page.getByRole("link", { name: tile }).click();
	await page.getByLabel("Issuer URL").fill(issuer);
	await page.getByLabel("Client ID").fill(client.id);
	await page.getByLabel("Client Secret").fill(client.secret);
}

const refusesSecret = /refuses our client ID or client secret/;

type Sql = <Row>(statement: string) => Promise<Row[]>;

/** How the connections of a workspace stand. */
const statuses = async (sql: Sql, { workspace }: World) =>
	(
		await sql<{ status: string }>(
			`select status from connections where workspace_id = '${workspace.id}'`,
		)
	).map(({ status }) => status);

const turnOnAll = "Turn on, and sign everyone out";

/** Turns the connection on, which signs everybody out. */
async function turnOnForAll(page: Page, sessions: RegExp): Promise<void> {
	await page.getByRole("switch", { name: "Enabled" }).first().click();
	const dialog = dialogWith(page, turnOnAll);
	await expect(dialog.getByText(/everybody signs in with/)).toBeVisible();
	await expect(dialog.getByText(sessions)).toBeVisible();
	await expect(dialog.getByText(/What is not saved may be lost/)).toBeVisible();
	await dialog.getByRole("button", { name: turnOnAll }).click();
	await expect(page).toHaveURL(/\/login/);
}

/** The way through the provider ended here. */
const isIn = (page: Page, { workspace }: World) =>
	expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));

/** The next request of a browser that was open leads to signing in. */
async function isSignedOut(page: Page, { workspace }: World): Promise<void> {
	await page.goto(`/w/${workspace.slug}`);
	await expect(page).toHaveURL(/\/login/);
}

/** The link in the newest invitation to an address. */
async function invitation(address: string): Promise<string> {
	const link = () => /https?:\/\/\S+\/invite\/\S+/.exec(mailTo(address).at(-1) ?? "")?.[0] ?? "";
	await expect.poll(link).not.toBe("");
	return link();
}

test("customer: SSO with Google for organizations", async ({ page, browser, newWorld, sql }) => {
	const world = await newWorld({
		profile: "customer",
		members: [{ name: "Ben Okafor" }, { name: "Eve Novak" }],
	});
	const { admin, workspace, domain } = world;
	const ben = memberOf(world);
	const eve = { ...at(`eve@other-${domain}`, "Eve Novak"), id: world.members[1]?.id ?? "" };
	await sql(
		`update members set email = '${eve.email}', email_key = '${eve.email}' where id = '${eve.id}'`,
	);
	const adminThere = at(admin.email, "Ines Moreau", { hd: domain });
	const benThere = at(ben.email, "Ben Okafor", { hd: domain });
	const adminPrivately = at(`ines@private-${domain}`, "Ines Moreau");
	const onlyThere = at(`only.there@${domain}`, "Only There", { hd: domain });
	for (const person of [adminThere, benThere, adminPrivately, onlyThere, eve]) atGoogle(person);
	const theirs = await (await browser.newContext()).newPage();
	await enterAs(theirs, ben);
	await enterAs(page, admin);

	await test.step("Settings, Security, Configure SSO lead to the choice of a provider", async () => {
		await page.goto(`/w/${workspace.slug}`);
		await page.getByRole("link", { name: "Settings", exact: true }).click();
		const security = page.getByRole("region", { name: "Security" });
		await expect(security.getByText("Single Sign-On (SSO)")).toBeVisible();
		await security.getByRole("link", { name: "Configure SSO" }).click();
		for (const name of [/^Google Workspace/, /^Okta/, /^Microsoft Entra ID/, /^Any OpenID/])
			await expect(page.getByRole("link", { name })).toBeVisible();
	});
	await test.step("what OpenID Connect and SAML are stands beside the choice", async () => {
		await page.getByText("OpenID Connect or SAML?").click();
		await expect(page.getByText(/built on OAuth 2\.0.*ID token.*scopes/)).toBeVisible();
		await expect(page.getByRole("link", { name: "More at openid.net" })).toHaveAttribute(
			"href",
			/^https:\/\/openid\.net\//,
		);
		await expect(page.getByText(/signed statement.*attributes that you map/)).toBeVisible();
		await expectAccessible(page);
	});
	await test.step("the guides say that the second factor must be off, and how it stands", async () => {
		const require = (required: boolean) =>
			sql(
				`update policies set document = jsonb_set(document, '{twoFactor,required}', '${required}')
				 where workspace_id = '${workspace.id}'`,
			);
		await require(true);
		for (const key of ["google", "entra", "oidc"]) {
			await page.goto(`/w/${workspace.slug}/sso/connection/new?provider=${key}`);
			await expect(
				page.getByText(/Turn that off before single sign-on is turned on/),
			).toBeVisible();
			await expect(page.getByText(`You are an admin of ${workspace.name}.`)).toBeVisible();
		}
		await require(false);
	});
	const sign = "Sign in with your Google account";
	await test.step("a button opens Google's own window, which asks for the account; a private one fixes nothing", async () => {
		await page.goto(`/w/${workspace.slug}/sso`);
		await page.getByRole("link", { name: /^Google Workspace/ }).click();
		await expect(page.getByText(/make sure that your team uses its domain/)).toBeVisible();
		await expect(page.getByLabel("Client ID")).toHaveCount(0);
		await expect(page.getByLabel("Client Secret")).toHaveCount(0);
		await expectAccessible(page);
		const asked = page
			.context()
			.waitForEvent("request", (request) => request.url().startsWith(`${google.issuer}/auth?`));
		await signInBeside(page, sign, adminPrivately, /The account belongs to no Google Workspace/);
		const query = new URL((await asked).url()).searchParams;
		expect(query.get("prompt")).toBe("select_account");
		expect(query.get("client_id")).toBe(google.client.id);
		await expect(page.getByRole("button", { name: "Test sign-in" })).toHaveCount(0);
	});
	await test.step("the account of the company fixes the domain, which is shown before it is saved", async () => {
		await signInBeside(page, sign, adminThere, /^Test passed\./);
		await expect(page.getByText(`Accounts of ${domain}, and no others, come in.`)).toBeVisible();
		expect(await statuses(sql, world)).toEqual([]);
		await saveConnection(page);
	});
	await test.step("once it is on, everybody is signed out, as the dialog said", async () => {
		await turnOnForAll(page, /^2 open sessions end, yours among them/);
		await isSignedOut(theirs, world);
		await isSignedOut(page, world);
	});
	await test.step("from then on the email leads to Google, and members come in", async () => {
		await signInBySso(theirs, ben.email, benThere);
		await expect(theirs.getByRole("button", { name: /^Ben Okafor, your account/ })).toBeVisible();
		await signOut(theirs);
	});
	await test.step("who is in Google alone is refused, and does not become a member", async () => {
		await signInBySso(theirs, onlyThere.email, onlyThere);
		await expect(theirs.getByText(/does not know you yet/)).toBeVisible();
		const rows = await sql(`select id from members where email_key = '${onlyThere.email}'`);
		expect(rows).toEqual([]);
	});
	const start = `/login?workspace=${workspace.slug}`;
	await test.step("a member with an outside address is refused, and told which account it takes", async () => {
		await giveEmail(theirs, eve.email, start);
		await theirs.getByRole("link", { name: /^Continue with / }).click();
		await signInAtProvider(theirs, eve);
		await expect(theirs.getByText(/This is a private Google account/)).toBeVisible();
		const other = atGoogle(at(`eve.there@other-${domain}`, "Eve Novak", { hd: `other-${domain}` }));
		await giveEmail(theirs, eve.email, start);
		await theirs.getByRole("link", { name: /^Continue with / }).click();
		await signInAtProvider(theirs, other);
		await expect(theirs.getByText(/Choose the one of your company/)).toBeVisible();
	});
	await test.step("with a company account and the email changed by an admin, that member comes in", async () => {
		await signInBySso(page, admin.email, adminThere);
		await isIn(page, world);
		await page.goto(`/w/${workspace.slug}/members/${eve.id}`);
		await page.getByLabel("Email", { exact: true }).fill(`eve@${domain}`);
		await page.getByRole("button", { name: "Save" }).click();
		await expect(page.getByText(`eve@${domain}`).first()).toBeVisible();
		const eveThere = at(`eve@${domain}`, "Eve Novak", { hd: domain });
		atGoogle(eveThere);
		await signInBySso(theirs, eveThere.email, eveThere);
		await expect(theirs.getByRole("button", { name: /^Eve Novak, your account/ })).toBeVisible();
	});
	await theirs.context().close();
});

test("customer: SSO with Okta, from wrong values to off again", async ({
	page,
	browser,
	newWorld,
	idp,
	sql,
}) => {
	const world = await newWorld({ profile: "customer", members: [{ name: "Ben Okafor" }] });
	const { admin, workspace, domain } = world;
	const ben = memberOf(world);
	const adminThere = at(admin.email, "Ines Moreau");
	const benThere = at(ben.email, "Benjamin Okafor-Lang");
	const zoe = at(`zoe@${domain}`, "Zoe Lang");
	idp.people.push(adminThere, benThere, zoe);
	const home = `/w/${workspace.slug}/sso`;
	const theirs = await (await browser.newContext()).newPage();
	await enterAs(theirs, ben);
	await enterAs(page, admin);
	const enabled = page.getByRole("switch", { name: "Enabled" }).first();

	await test.step("Okta's tile shows its settings, and SAML as the other way", async () => {
		await fillProvider(page, world, /^Okta/, {
			...idp,
			client: { ...idp.client, secret: "wrong" },
		});
		await expect(page.getByRole("heading", { name: "Connect Okta" })).toBeVisible();
		await page.getByText("Good to know").click();
		await expect(page.getByText(/or use SAML 2\.0 for both/)).toBeVisible();
	});
	await test.step("a wrong secret does not authenticate, and SSO stays off", async () => {
		await expect(
			page.getByRole("button", { name: "Authenticate your Okta account" }),
		).toBeVisible();
		await authenticate(page, adminThere, refusesSecret);
		expect(await statuses(sql, world)).toEqual([]);
	});
	await test.step("before the last button: the sessions that end; then proof turns it on", async () => {
		await expect(
			page.getByText(/2 open sessions end\. What is not saved may be lost/),
		).toBeVisible();
		await page.getByLabel("Client Secret").fill(idp.client.secret);
		await authenticate(page, adminThere);
		await expect(page).toHaveURL(/\/login/);
		expect(await statuses(sql, world)).toEqual(["active"]);
		await isSignedOut(theirs, world);
	});
	await test.step("SSO is on for the admin, as the one who was proved", async () => {
		await signInBySso(page, admin.email, adminThere);
		await isIn(page, world);
		await page.goto(home);
		await expect(page.getByText("Active").first()).toBeVisible();
		await expect(page.getByText(/Passwords are off/)).toBeVisible();
	});
	await test.step("and for the team, who are asked for no second factor here", async () => {
		await sql(
			`insert into mail_factors (workspace_id, member_id) values ('${workspace.id}', '${ben.id}')`,
		);
		await signInBySso(theirs, ben.email, benThere);
		await expect(theirs).toHaveURL(new RegExp(`/w/${workspace.slug}`));
		// Nothing but signing in comes by it: the name stays as it is here.
		await expect(theirs.getByRole("button", { name: /^Ben Okafor, your account/ })).toBeVisible();
	});
	await test.step("directory sync needs SAML, and says so", async () => {
		await expect(page.getByRole("button", { name: "Enable SCIM" })).toHaveCount(0);
		const directory = directoryOf(page);
		await directory.getByRole("switch", { name: "Enabled" }).click();
		await expect(directory.getByText(/No SAML connection is active/)).toBeVisible();
		await expect(directory.getByRole("button", { name: "New token" })).toBeDisabled();
	});
	await test.step("an added member gives the email and signs in at Okta: no password", async () => {
		await page.goto(`/w/${workspace.slug}/members/invite`);
		await page.getByLabel("Email addresses").fill(zoe.email);
		await page.getByRole("button", { name: "Send invitations" }).click();
		await expect(page.getByText(`Invited ${zoe.email}.`)).toBeVisible();
		const hers = await (await browser.newContext()).newPage();
		await hers.goto(await invitation(zoe.email));
		await expect(hers.getByLabel("Password")).toHaveCount(0);
		await signInBySso(hers, zoe.email, zoe);
		await expect(hers.getByRole("button", { name: /^Zoe Lang, your account/ })).toBeVisible();
		// Team Members shows who has access, as what, and where they came from.
		await page.goto(`/w/${workspace.slug}/members`);
		const row = page.getByRole("row", { name: /Zoe Lang/ });
		for (const text of [zoe.email, "Member", "Invitation", "Active"])
			await expect(row).toContainText(text);
		// Removed here while still assigned there: no way in.
		await page.getByRole("link", { name: "Zoe Lang" }).click();
		await page.getByRole("button", { name: "Remove…" }).click();
		await page.getByRole("button", { name: "Remove Zoe Lang" }).click();
		await expect(page).toHaveURL(/\/members$/);
		await isSignedOut(hers, world);
		await signInBySso(hers, zoe.email, zoe);
		await expect(hers.getByText(/does not know you yet/)).toBeVisible();
		await hers.context().close();
	});
	await test.step("turning SSO off asks first, says what is lost, and signs everyone out", async () => {
		await page.goto(home);
		await page.getByRole("button", { name: "Turn off…" }).click();
		const dialog = dialogWith(page, "Turn SSO off");
		await expect(dialog.getByText(/What is not saved may be lost/)).toBeVisible();
		await dialog.getByRole("button", { name: /^Keep/ }).click();
		await expect(enabled).toBeChecked();
		await page.getByRole("button", { name: "Turn off…" }).click();
		await dialog.getByRole("button", { name: "Turn SSO off" }).click();
		await expect(page).toHaveURL(/\/login/);
		await isSignedOut(theirs, world);
		await isSignedOut(page, world);
	});
	await test.step("everyone then signs in with the password they had", async () => {
		await theirs.goto(`/sso/start?workspace=${workspace.slug}`);
		await expect(theirs).toHaveURL(/\/login/);
		await sql(`delete from mail_factors where member_id = '${ben.id}'`);
		await signIn(theirs, ben);
		await signIn(page, admin);
		await page.goto(`/w/${workspace.slug}/activity`);
		await expect(page.getByText(/Ines Moreau turned .* off/).first()).toBeVisible();
	});
	await theirs.context().close();
});

test("customer: SSO with Microsoft Entra, and with any OpenID provider", async ({
	page,
	newWorld,
	connect,
	idp,
	sql,
}) => {
	const world = await newWorld({ profile: "customer" });
	const { admin, workspace } = world;
	const adminThere = at(admin.email, "Ines Moreau");
	idp.people.push(adminThere);
	await enterAs(page, admin);
	const document = `${idp.issuer}/.well-known/openid-configuration`;

	await test.step("Entra's tile shows the three fields of its guide", async () => {
		await fillProvider(page, world, /^Microsoft Entra ID/, { ...idp, issuer: "" });
		await page.getByLabel("Discovery Endpoint").fill(document);
	});
	await test.step("the Secret ID in place of the Value is said to be that", async () => {
		const secret = page.getByLabel("Client Secret");
		await secret.fill("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
		await expect(page.getByText(/looks like the Secret ID.*the Value/)).toBeVisible();
		await authenticate(page, adminThere, refusesSecret);
		await secret.fill(idp.client.secret);
		await expect(page.getByText(/looks like the Secret ID/)).toHaveCount(0);
	});
	await test.step("the sign-in there is prompted, success is a banner, and SSO is on", async () => {
		await authenticate(page, adminThere);
		await expect(page).toHaveURL(/\/login/);
		await signInBySso(page, admin.email, adminThere);
		await isIn(page, world);
		await page.goto(`/w/${workspace.slug}/sso`);
		await expect(page.getByText(/Passwords are off/)).toBeVisible();
		await expectAccessible(page);
	});
	await test.step("an OpenID provider takes the same way, in the same place", async () => {
		await page.getByRole("link", { name: "Add another" }).click();
		await page.getByRole("link", { name: /^Any OpenID Connect/ }).click();
		await page.getByLabel("Discovery Endpoint").fill(document);
		await page.getByLabel("Client ID").fill(idp.client.id);
		await page.getByLabel("Client Secret").fill("wrong");
		await authenticate(page, adminThere, refusesSecret);
		const remedy = page.getByText(/Make a new client secret at/).filter({ visible: true });
		await expect(remedy.first()).toBeVisible();
		await page.getByLabel("Client Secret").fill(idp.client.secret);
		await authenticate(page, adminThere);
		await expect.poll(() => statuses(sql, world)).toEqual(["active", "active"]);
	});
	await test.step("two workspaces, each linked to the name that its own provider has", async () => {
		const other = await newWorld({ members: [{ name: "Ines Two" }] });
		const { issuer, client } = idp;
		await connect({ workspaceId: other.workspace.id, issuer, client });
		const thereAgain = at(memberOf(other).email, "Ines Moreau");
		idp.people.push(thereAgain);
		await signInBySso(page, thereAgain.email, thereAgain);
		await expect(page).toHaveURL(new RegExp(`/w/${other.workspace.slug}`));
		await expect(page.getByRole("button", { name: /^Ines Two, your account/ })).toBeVisible();
	});
});

test("customer: SSO with SAML for Okta, and SCIM with it", async ({
	page,
	request,
	newWorld,
	samlIdp,
	sql,
}) => {
	const world = await newWorld({ profile: "customer", members: [{ name: "Ben Okafor" }] });
	const { admin, workspace, domain } = world;
	const adminThere = at(admin.email, "Ines Moreau");
	samlIdp.people.push({ ...adminThere, company: { employee: "E-7" } });
	await enterAs(page, admin);
	const home = `/w/${workspace.slug}/sso`;

	await test.step("SAML 2.0 is in the same place, for Okta, Cloudflare, JumpCloud and any other", async () => {
		await page.goto(home);
		for (const name of [/^Okta/, /^Cloudflare/, /^JumpCloud/, /^Any SAML 2\.0/])
			await expect(page.getByRole("link", { name })).toContainText("SAML");
		await page.getByRole("link", { name: /^Okta/ }).click();
		await page
			.getByRole("navigation", { name: "Protocol" })
			.getByRole("link", { name: "SAML 2.0" })
			.click();
	});
	const metadataUrl = page.getByLabel("Metadata URL");
	await test.step("a Metadata URL begins with https://", async () => {
		await metadataUrl.fill("metadata of Okta");
		await page.getByRole("button", { name: "Generate your SAML SSO metadata" }).click();
		await expect(metadataUrl).toHaveAccessibleDescription(/begins with https:\/\//);
	});
	await test.step("with a temporary one our values are made, and nobody is led anywhere", async () => {
		await metadataUrl.fill("https://temporary.acme.test/metadata");
		await page.getByRole("button", { name: "Generate your SAML SSO metadata" }).click();
		const acs = page.getByRole("textbox", { name: "Single sign-on URL", exact: true }).first();
		await expect(acs).toHaveValue(/\/api\/sso\/acs\//);
		const entity = page.getByRole("textbox", { name: "Audience URI (SP Entity ID)" }).first();
		await expect(entity).toHaveValue(/\/api\/sso\/metadata\//);
		// What we say of ourselves to the provider is what stands here to copy.
		const own = await (await request.get(await entity.inputValue())).text();
		expect(own).toContain(`entityID="${await entity.inputValue()}"`);
		expect(own).toContain(`Location="${await acs.inputValue()}"`);
		const certificate = page.getByRole("link", { name: "Export SP Certificate" });
		const pem = await request.get((await certificate.getAttribute("href")) ?? "");
		const body = await pem.text();
		expect(body).toMatch(/^-----BEGIN CERTIFICATE-----/);
		expect(own.replace(/\s/g, "")).toContain(
			body.replace(/-----[A-Z ]+-----/g, "").replace(/\s/g, ""),
		);
		expect(await statuses(sql, world)).toEqual(["draft"]);
	});
	await test.step("Update metadata URL takes Okta's value, and Save stores it", async () => {
		await page.getByLabel("Their side comes from").selectOption("A metadata URL");
		await metadataUrl.fill(samlIdp.metadataUrl);
		await page.getByRole("button", { name: /^(Update metadata URL|Read metadata)$/ }).click();
		await expect(page.getByText("This is what we read. Nothing is saved yet.")).toBeVisible();
		await expect(page.getByText(samlIdp.entityId, { exact: true }).first()).toBeVisible();
		await expectAccessible(page);
	});
	await test.step("the NameID alone suffices, and mapped attributes are read and listed", async () => {
		samlIdp.behave({ withhold: ["email", "name"] });
		await testSignIn(page, adminThere);
		samlIdp.behave();
		await testSignIn(page, adminThere);
		await expect(page.getByRole("cell", { name: admin.email }).first()).toBeVisible();
		await expect(page.getByRole("cell", { name: "E-7" })).toBeVisible();
		await expect(page.getByRole("cell", { name: "Moreau", exact: true })).toBeVisible();
		await saveConnection(page);
		await page.getByRole("link", { name: "Edit", exact: true }).click();
		await expect(page.getByText(samlIdp.entityId, { exact: true }).first()).toBeVisible();
	});
	await test.step("turning it on tells that everybody must now sign in by it", async () => {
		await page.goto(home);
		await turnOnForAll(page, /^1 open session ends, which is yours/);
		await signInBySso(page, admin.email, adminThere);
		await isIn(page, world);
		await page.goto(home);
		await expect(page.getByText(/Passwords are off/)).toBeVisible();
	});
	await test.step("then people come by hand in both places, or by SCIM: it leads there", async () => {
		await page.getByRole("link", { name: "Edit", exact: true }).click();
		await expect(
			page.getByText(/invite them here and assign them there, or let directory/),
		).toBeVisible();
		await expect(page.getByRole("link", { name: "Go on to directory sync" })).toBeVisible();
		await page.goto(home);
	});
	const scim =
		await test.step("Enable SCIM, at the connection, gives Base URL and token", async () => {
			await page.getByRole("button", { name: "Enable SCIM" }).click();
			const once = dialogWith(page, "Done");
			const base = await once.getByRole("textbox", { name: "Base URL" }).inputValue();
			const token = (await once.getByText(/^ghd_/).textContent()) ?? "";
			await once.getByRole("checkbox").check();
			await once.getByRole("button", { name: "Done" }).click();
			await expect(once).toBeHidden();
			return scimClient(request, token, base);
		});
	await test.step("Okta's own test passes: people and groups are answered, without group sync", async () => {
		for (const path of ["/Users?count=1&startIndex=1", "/Groups?count=1&startIndex=1"])
			expect((await scim("GET", path)).status, path).toBe(200);
	});
	await test.step("whom it sends is seen in Members, from the directory", async () => {
		const zoe = await scim("POST", "/Users", scimUser(`zoe@${domain}`, "Zoe Lang"));
		expect(zoe.status).toBe(201);
		await page.goto(`/w/${workspace.slug}/members`);
		await expect(page.getByRole("row", { name: /Zoe Lang/ })).toContainText("Directory");
	});
});
