/** A28: every answer forbids framing, sniffing and keeping; every cookie is ours alone. */
import { expect, mailTo, test } from "../fixtures";
import { giveEmail, signIn } from "../fixtures/steps";

function expectGuarded(path: string, headers: Record<string, string>): void {
	expect(headers["cache-control"], path).toContain("no-store");
	expect(headers["x-content-type-options"], path).toBe("nosniff");
	expect(headers["x-frame-options"], path).toBe("DENY");
	expect(headers["referrer-policy"], path).toBe("same-origin");
	const policy = headers["content-security-policy"] ?? "";
	expect(policy, path).toContain("frame-ancestors 'none'");
	// One policy: a second one would come after a comma.
	expect(policy.split(",").length, path).toBe(1);
	if (!headers["content-type"]?.startsWith("text/html")) return;
	expect(policy, path).toMatch(/script-src 'self' 'nonce-[\w+/=-]{16,}' 'strict-dynamic'(;|$)/);
	expect(policy, path).toContain("form-action 'self'");
	expect(policy, path).toContain("base-uri 'none'");
	expect(policy, path).toContain("object-src 'none'");
}

test("A28: pages, routes and refusals carry the headers", async ({ page, newWorld }) => {
	const { admin, workspace } = await newWorld();
	const home = `/w/${workspace.slug}`;
	const out = [
		"/login",
		"/login/password",
		"/login/google/refused?why=google_not_linked",
		"/reset",
		"/signup",
		"/signup/create?ticket=made-up",
		"/account/email?token=made-up",
		"/sso/refused?why=state_unknown",
		"/sso/start?workspace=none",
		"/api/health",
		"/api/auth/callback/google",
		"/api/auth/session",
		"/api/scim/v2/Users",
		`/api/sso/callback/${workspace.id}`,
		"/nothing-here",
		home,
	];
	const look = async (path: string) => {
		const response = await page.request.get(path, { maxRedirects: 0 });
		expectGuarded(path, response.headers());
		return response;
	};
	for (const path of out) await look(path);
	await signIn(page, admin);
	for (const path of [home, `${home}/account`, `${home}/sso`, `${home}/activity`]) {
		const response = await look(path);
		expect(response.status(), path).toBe(200);
	}
	const nonces = await Promise.all(
		[1, 2].map(async () => (await look(home)).headers()["content-security-policy"]),
	);
	expect(nonces[0]).not.toBe(nonces[1]);
});

test("A28: files with a version in their name may be kept, and nothing else", async ({ page }) => {
	await page.goto("/login");
	const file = await page.locator("script[src]").first().getAttribute("src");
	const response = await page.request.get(file ?? "");
	expect(response.headers()["cache-control"]).toContain("immutable");
	expect(response.headers()["x-content-type-options"]).toBe("nosniff");
});

test("A28: cookies are for this host, by https, out of the reach of scripts", async ({
	page,
	newWorld,
}) => {
	const { admin, workspace, domain } = await newWorld();
	await page.request.get("/login/google", { maxRedirects: 0 });
	await giveEmail(page, `nobody@${domain}`);
	await signIn(page, admin);
	const cookies = await page.context().cookies();
	const names = cookies.map(({ name }) => name);
	expect(names).toContain("__Host-gatehouse.session");
	expect(names).toContain("__Host-gatehouse.google");
	for (const { name, ...cookie } of cookies) {
		// Without a domain, for the path "/" and Secure: what the prefix makes browsers demand.
		expect(name).toMatch(/^__Host-gatehouse\./);
		expect({ name, ...cookie }).toMatchObject({ httpOnly: true, secure: true, path: "/" });
		expect(cookie.domain, name).not.toMatch(/^\./);
		expect(["Lax", "Strict"], name).toContain(cookie.sameSite);
	}
	expect(await page.evaluate(() => document.cookie)).toBe("");
	// The session's cookie is a browser's id, sealed: nothing of the person stands in it.
	const session = cookies.find(({ name }) => name === "__Host-gatehouse.session")?.value ?? "";
	const readable = session.split(".").map((part) => Buffer.from(part, "base64url").toString());
	for (const text of [admin.email, admin.id, admin.name, workspace.id])
		expect(readable.join(" ")).not.toContain(text);
	expect(mailTo(admin.email).join(" ")).not.toContain(session);
});
