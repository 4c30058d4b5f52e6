/** Signing in by SAML, with a real provider at another site. */
import type { Page } from "@playwright/test";
import { expect, expectAccessible, type Fixtures, type LocalSamlProvider, test } from "./fixtures";
import { signInAtProvider } from "./fixtures/at-provider";
import { signIn, signInBySso, signOut } from "./fixtures/steps";
import type { Person } from "./idp/oidc";
import { baseUrl } from "./settings";
import type { SamlConnectionInput, World } from "./world";

type Given = Pick<Fixtures, "newWorld" | "connect" | "samlIdp">;

/**
 * A workspace connected to the provider, whose dashboard has our tile, and somebody there whom
 * Gatehouse has not met.
 */
async function connected(
	{ newWorld, connect, samlIdp }: Given,
	{ metadata = samlIdp.metadataUrl, values = {} }: Partial<SamlConnectionInput> = {},
) {
	const world = await newWorld();
	const person = {
		email: `aiko.tanaka@${world.domain}`,
		password: "at the provider",
		givenName: "Aiko",
		familyName: "Tanaka",
	};
	samlIdp.people.push(person);
	const id = await connect({ workspaceId: world.workspace.id, metadata, values });
	samlIdp.offer({ name: "Gatehouse", entityId: `${baseUrl}/api/sso/metadata/${id}` });
	return { world, person };
}

/** Comes by the tile on the provider's dashboard. */
async function startAtProvider(page: Page, { appsUrl }: LocalSamlProvider, person: Person) {
	await page.goto(appsUrl);
	await signInAtProvider(page, person);
	await page.getByRole("link", { name: "Gatehouse" }).click();
}

const isIn = async (page: Page, { workspace }: World) => {
	await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}$`));
	await expect(page.getByRole("button", { name: /^Aiko Tanaka, your account/ })).toBeVisible();
};

for (const { what, posts, values, habits } of [
	{ what: "in an address, to one that signs its assertions", posts: false, values: {}, habits: {} },
	{
		what: "posted and signed, to one that encrypts",
		posts: true,
		values: { signRequests: true, wantEncrypted: true },
		habits: { sign: "both", encrypt: true },
	},
] as const)
	test(`a person signs in by a request that is ${what}`, async ({
		page,
		newWorld,
		samlIdp,
		connect,
	}) => {
		const { world, person } = await connected(
			{ newWorld, connect, samlIdp },
			{ values, ...(posts ? { metadata: await metadataForPosting(samlIdp) } : {}) },
		);
		samlIdp.behave(habits);
		await signInBySso(page, person.email, person);
		await isIn(page, world);
		await signOut(page);
		await signIn(page, world.admin);
		await page.goto(`/w/${world.workspace.slug}/activity?part=sign_ins`);
		await expect(page.getByText(/Aiko Tanaka signed in with Acme SAML/).first()).toBeVisible();
	});

/** Its metadata, as of one that takes posted requests alone. */
async function metadataForPosting({ metadataUrl }: LocalSamlProvider): Promise<string> {
	const metadata = await (await fetch(metadataUrl)).text();
	return metadata.replace(/<SingleSignOnService[^>]*HTTP-Redirect[^>]*>/, "");
}

test("a sign-in that the provider began asks first, and then lets the person in", async ({
	page,
	newWorld,
	samlIdp,
	connect,
}) => {
	const { world, person } = await connected(
		{ newWorld, connect, samlIdp },
		{ values: { idpInitiated: "accept" } },
	);
	await startAtProvider(page, samlIdp, person);
	await expect(page.getByRole("heading", { name: /^Continue as Aiko Tanaka to/ })).toBeVisible();
	await expectAccessible(page);
	await page.getByRole("button", { name: "Continue as Aiko Tanaka" }).click();
	await isIn(page, world);
});

test("where the connection wants it begun here, the provider's tile leads to the start", async ({
	page,
	newWorld,
	samlIdp,
	connect,
}) => {
	const { world, person } = await connected({ newWorld, connect, samlIdp });
	await startAtProvider(page, samlIdp, person);
	await expect(page).toHaveURL(/\/sso\/refused/);
	await expectAccessible(page);
	await page.getByRole("link", { name: "Try again" }).click();
	await signInBySso(page, person.email, person, page.url());
	await isIn(page, world);
});
