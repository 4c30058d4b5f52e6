import { enterAs, expect, type LocalProvider, test } from "./fixtures";
import {
	fillConnection,
	saveConnection,
	signInBySso,
	signOut,
	testSignIn,
	turnOn,
} from "./fixtures/steps";
import { ports } from "./settings";
import type { World } from "./world";

/** Somebody of the workspace's company whom Gatehouse has not met. */
const strangerOf = ({ domain }: World) => ({
	email: `aiko.tanaka@${domain}`,
	password: "at the provider",
	givenName: "Aiko",
	familyName: "Tanaka",
});

const valuesOf = ({ issuer, client }: LocalProvider) => ({
	issuer,
	clientId: client.id,
	clientSecret: client.secret,
});

test("an admin connects a provider, tests it and turns it on; a colleague comes in by it", async ({
	page,
	newWorld,
	idp,
}) => {
	const world = await newWorld();
	const { admin, workspace } = world;
	const stranger = strangerOf(world);
	const adminThere = {
		email: admin.email,
		password: "another one",
		givenName: "Ines",
		familyName: "Moreau",
	};
	idp.people.push(adminThere, stranger);

	await enterAs(page, admin);
	await fillConnection(page, workspace.slug, valuesOf(idp));
	await testSignIn(page, adminThere);
	await expect(page.getByRole("cell", { name: admin.email })).toBeVisible();
	await saveConnection(page);
	await turnOn(page);
	await signOut(page);

	await signInBySso(page, stranger.email, stranger);
	await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}`));
	await expect(page.getByRole("button", { name: /^Aiko Tanaka, your account/ })).toBeVisible();

	// A member without the permission sees whom to ask, not the settings.
	await page.goto(`/w/${workspace.slug}/sso`);
	await expect(page.getByText("Issuer URL")).toHaveCount(0);
	await signOut(page);

	await enterAs(page, admin);
	await page.goto(`/w/${workspace.slug}/activity`);
	for (const sentence of [
		/Aiko Tanaka signed in with/,
		/Ines Moreau turned .* on/,
		/Ines Moreau tested the connection to/,
		/Ines Moreau signed in with a password/,
	])
		await expect(page.getByText(sentence).first()).toBeVisible();
});

test("without adding people at first sign-in, a stranger is told what to do", async ({
	page,
	newWorld,
	idp,
}) => {
	const world = await newWorld({ policy: { autoProvision: "off" } });
	const stranger = strangerOf(world);
	idp.people.push(stranger);
	await enterAs(page, world.admin);
	await fillConnection(page, world.workspace.slug, valuesOf(idp));
	await saveConnection(page);
	await turnOn(page);
	await signOut(page);

	await signInBySso(page, stranger.email, stranger);
	await expect(page.getByRole("heading", { name: /did not let you in/ })).toBeVisible();
	await expect(page.getByText(/does not know you yet\. Ask an admin/)).toBeVisible();
	await page.goto(`/w/${world.workspace.slug}`);
	await expect(page).toHaveURL(/\/login/);
});

test("a wrong client secret shows in the test, with what to do", async ({
	page,
	newWorld,
	idp,
}) => {
	const { admin, workspace } = await newWorld();
	const adminThere = { ...admin, givenName: "Ines", familyName: "Moreau" };
	idp.people.push(adminThere);
	await enterAs(page, admin);
	await fillConnection(page, workspace.slug, { ...valuesOf(idp), clientSecret: "not the secret" });
	await testSignIn(page, adminThere, /refuses our client ID or client secret/);
	await expect(page.getByText(/Make a new client secret at/)).toBeVisible();
	await expect(page.getByRole("textbox", { name: "Issuer URL" })).toHaveValue(idp.issuer);
});

test("an answer from the provider that nobody here asked for opens nothing", async ({ page }) => {
	const nobody = "00000000-0000-7000-8000-000000000000";
	await page.goto(`/api/sso/callback/${nobody}?code=made-up&state=made-up`);
	await expect(page).toHaveURL(/\/sso\/refused/);
	await expect(page.getByRole("heading", { name: "You are not signed in" })).toBeVisible();
});

test.describe("settings that do not fit the provider are refused, and what was typed stays", () => {
	const refusals: {
		what: string;
		spoil: (idp: LocalProvider, unused: string) => { issuer?: string };
		says: RegExp;
	}[] = [
		{
			what: "an address where nobody answers",
			spoil: (_, unused) => ({ issuer: unused }),
			says: /does not answer as it should/,
		},
		{
			what: "an address inside this machine",
			spoil: () => ({ issuer: "http://localhost:9" }),
			says: /leads to an address that is not public/,
		},
		{
			what: "the document of another issuer",
			spoil: (idp) => {
				idp.misbehave({ at: "discovery", how: "anotherIssuer", issuer: "https://other.test" });
				return {};
			},
			says: /Its own document says https:\/\/other\.test/,
		},
		{
			what: "a page instead of a document",
			spoil: (idp) => {
				idp.misbehave({ at: "discovery", how: "notJson" });
				return {};
			},
			says: /not a discovery document/,
		},
		{
			what: "a redirect to elsewhere",
			spoil: (idp) => {
				idp.misbehave({ at: "discovery", how: "redirect", to: "http://localhost:9/" });
				return {};
			},
			says: /Redirects are not followed/,
		},
	];
	for (const { what, spoil, says } of refusals)
		test(what, async ({ page, newWorld, idp, sql }, info) => {
			const { admin, workspace } = await newWorld();
			const unused = `http://localhost:${ports.second(info.parallelIndex)}`;
			const values = { ...valuesOf(idp), ...spoil(idp, unused) };
			await enterAs(page, admin);
			await fillConnection(page, workspace.slug, values);
			await page.getByRole("button", { name: "Save", exact: true }).click();
			const field = page.getByLabel("Issuer URL");
			await expect(field).toHaveAttribute("aria-invalid", "true");
			await expect(field).toHaveAccessibleDescription(says);
			await expect(field).toHaveValue(values.issuer);
			await expect(page.getByLabel("Client Secret")).toHaveValue(values.clientSecret);
			const rows = await sql(`select id from connections where workspace_id = '${workspace.id}'`);
			expect(rows).toEqual([]);
		});
});
