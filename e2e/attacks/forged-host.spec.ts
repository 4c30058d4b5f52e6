/** A15: a forged Host or X-Forwarded-Host leaves no trace in a mail or a redirect. */
import { expect, mailTo, test } from "../fixtures";
import { postForm } from "../fixtures/raw";
import { signIn } from "../fixtures/steps";
import { baseUrl } from "../settings";

const evil = "evil.test";
const forgeries: Record<string, Record<string, string>> = {
	Host: { host: evil },
	"X-Forwarded-Host": {
		"x-forwarded-host": evil,
		"x-forwarded-proto": "http",
		"x-forwarded-port": "80",
		forwarded: `host=${evil};proto=http`,
	},
};

/** The newest mail to an address, once it is there: all its links are the configured origin's. */
async function expectOwnLinks(address: string, before = 0): Promise<void> {
	await expect.poll(() => mailTo(address).length, { timeout: 20_000 }).toBeGreaterThan(before);
	const mail = mailTo(address).at(-1) ?? "";
	const links = mail.match(/https?:\/\/\S+/g) ?? [];
	expect(links.length).toBeGreaterThan(0);
	for (const link of links) expect(new URL(link).origin).toBe(baseUrl);
	expect(mail).not.toContain(evil);
}

for (const [name, headers] of Object.entries(forgeries)) {
	test(`A15: ${name} on a reset`, async ({ newWorld }) => {
		const { admin } = await newWorld();
		const answer = await postForm("/reset", { email: admin.email }, headers);
		expect(JSON.stringify(answer.headers)).not.toContain(evil);
		await expectOwnLinks(admin.email);
	});

	test(`A15: ${name} on signing up`, async ({ newWorld }) => {
		const { domain } = await newWorld({ domain: false });
		const email = `maya@${domain}`;
		const answer = await postForm("/signup", { email }, headers);
		expect(JSON.stringify(answer.headers)).not.toContain(evil);
		await expectOwnLinks(email);
	});

	test(`A15: ${name} on an invitation`, async ({ page, newWorld }) => {
		const { admin, workspace, domain } = await newWorld();
		await signIn(page, admin);
		const cookies = await page.context().cookies();
		const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
		const email = `invited@${domain}`;
		const path = `/w/${workspace.slug}/members/invite`;
		await postForm(path, { addresses: email, role: "member" }, { ...headers, cookie });
		await expectOwnLinks(email);
	});
}

test("A15: on a change of address", async ({ page, newWorld }) => {
	const { admin, workspace, domain } = await newWorld();
	await signIn(page, admin);
	await page.setExtraHTTPHeaders(forgeries["X-Forwarded-Host"] ?? {});
	await page.goto(`/w/${workspace.slug}/account`);
	await page.getByRole("button", { name: "Change…", exact: true }).first().click();
	const dialog = page.getByRole("dialog");
	const email = `new@${domain}`;
	await dialog.getByLabel("New email").fill(email);
	await dialog.getByLabel("Your password").fill(admin.password);
	await dialog.getByRole("button", { name: "Send the link" }).click();
	await expectOwnLinks(email);
});

test("A15: on the way to an identity provider and back", async ({ page, newWorld }) => {
	const { workspace } = await newWorld();
	await page.setExtraHTTPHeaders(forgeries["X-Forwarded-Host"] ?? {});
	for (const path of [
		"/sso/finish?ticket=made-up",
		`/api/sso/callback/${workspace.id}?code=x&state=y`,
		"/api/auth/callback/google?code=x&state=y",
		"/login/google?workspace=none",
		`/w/${workspace.slug}`,
	]) {
		const response = await page.request.get(path, { maxRedirects: 0 });
		const { location = "" } = response.headers();
		expect(location, path).not.toBe("");
		const to = new URL(location, baseUrl);
		expect(to.href, path).not.toContain(evil);
		if (!path.startsWith("/login/google")) expect(to.origin, path).toBe(baseUrl);
	}
});
