/** Signing in by SAML, with a real provider at another site. */
import type { Page } from "@playwright/test";
import { expect, expectAccessible, type LocalSamlProvider, test } from "./fixtures";
import { signInAtProvider } from "./fixtures/at-provider";
import { signIn, signInBySso, signOut } from "./fixtures/steps";
import { baseUrl } from "./settings";
import type { World } from "./world";

/** Somebody at the provider whom Gatehouse has not met. */
function stranger({ domain }: World, { people }: LocalSamlProvider) {
	const person = {
		email: `aiko.tanaka@${domain}`,
		password: "at the provider",
		givenName: "Aiko",
		familyName: "Tanaka",
	};
	people.push(person);
	return person;
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
		const world = await newWorld();
		const person = stranger(world, samlIdp);
		await connect({
			workspaceId: world.workspace.id,
			metadata: posts ? await metadataForPosting(samlIdp) : samlIdp.metadataUrl,
			values,
		});
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
	const world = await newWorld();
	const person = stranger(world, samlIdp);
	const id = await connect({
		workspaceId: world.workspace.id,
		metadata: samlIdp.metadataUrl,
		values: { idpInitiated: "accept" },
	});
	samlIdp.offer({ name: "Gatehouse", entityId: `${baseUrl}/api/sso/metadata/${id}` });
	await page.goto(samlIdp.appsUrl);
	await signInAtProvider(page, person);
	await page.getByRole("link", { name: "Gatehouse" }).click();
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
	const world = await newWorld();
	const person = stranger(world, samlIdp);
	const id = await connect({ workspaceId: world.workspace.id, metadata: samlIdp.metadataUrl });
	samlIdp.offer({ name: "Gatehouse", entityId: `${baseUrl}/api/sso/metadata/${id}` });
	await page.goto(samlIdp.appsUrl);
	await signInAtProvider(page, person);
	await page.getByRole("link", { name: "Gatehouse" }).click();
	await expect(page).toHaveURL(/\/sso\/refused/);
	await expectAccessible(page);
	await page.getByRole("link", { name: "Try again" }).click();
	await signInBySso(page, person.email, person, page.url());
	await isIn(page, world);
});
