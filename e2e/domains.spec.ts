/** Proving a domain by its DNS record, with a real name server: from claiming it to losing it. */
import { startNameServer } from "./dns";
import { enterAs, expect, expectAccessible, mailTo, test } from "./fixtures";
import { fillConnection, giveEmail, saveConnection, turnOn } from "./fixtures/steps";
import { ports } from "./settings";

// The server asks one name server, so one test has it.
test("A1, A2: a domain leads to the provider once its record is there, and not before", async ({
	page,
	browser,
	newWorld,
	idp,
	sql,
}) => {
	const dns = await startNameServer(ports.dns);
	const { admin, workspace, domain } = await newWorld({ domain: false });
	const slug = workspace.slug;
	const visitor = await (await browser.newContext()).newPage();
	const isLedToProvider = async (led: boolean) => {
		await giveEmail(visitor, `anybody@${domain}`);
		const way = visitor.getByRole("link", { name: /^Continue with / });
		await expect(led ? way : visitor.getByLabel("Password")).toBeVisible();
		await expect(way).toHaveCount(led ? 1 : 0);
	};
	try {
		await enterAs(page, admin);
		await fillConnection(page, slug, {
			issuer: idp.issuer,
			clientId: idp.client.id,
			clientSecret: idp.client.secret,
		});
		await saveConnection(page);
		await turnOn(page);
		const section = page.getByRole("region", { name: "Domains" });
		await expect(section.getByText(/is on, and no domain leads to it/)).toBeVisible();

		await section.getByRole("button", { name: "Add domain" }).click();
		const dialog = page.getByRole("dialog").filter({ has: page.getByLabel("Domain") });
		await dialog.getByLabel("Domain").fill("gmail.com");
		await dialog.getByRole("button", { name: "Add domain" }).click();
		await expect(dialog.getByText(/belongs to a mail service/)).toBeVisible();
		await dialog.getByLabel("Domain").fill(domain);
		await dialog.getByRole("button", { name: "Add domain" }).click();
		await expect(dialog).toBeHidden();
		const row = section.getByRole("row", { name: new RegExp(`^${domain}`) });
		await expect(row.getByText("Waiting for DNS")).toBeVisible();
		const name = await section.getByRole("textbox", { name: "TXT record name" }).inputValue();
		const value = await section.getByRole("textbox", { name: "TXT record value" }).inputValue();
		expect(name).toBe(`_gatehouse.${domain}`);
		await expectAccessible(page);

		// A1: a claim alone leads nobody.
		await isLedToProvider(false);
		await section.getByRole("button", { name: "Check now" }).click();
		await expect(section.getByText(/No TXT record of/)).toBeVisible();
		// A2: the value of another workspace proves nothing here, and stands beside ours later.
		dns.records.set(name, ["gatehouse=of-another-workspace"]);
		await section.getByRole("button", { name: "Check now" }).click();
		await expect(section.getByText(/says gatehouse=of-another-workspace/)).toBeVisible();
		await isLedToProvider(false);
		dns.records.set(name, ["gatehouse=of-another-workspace", value]);
		await section.getByRole("button", { name: "Check now" }).click();
		await expect(row.getByText("Verified")).toBeVisible();
		await isLedToProvider(true);

		// Three days without the record, as the schedule sees them.
		dns.records.delete(name);
		for (let missed = 1; missed <= 3; missed++) {
			await sql(
				`update domains set checked_at = now() - interval '1 day' where domain = '${domain}'`,
			);
			await sql("update jobs set due_at = now() where unique_key = 'domains.check'");
			await expect
				.poll(() => sql(`select missed_checks from domains where domain = '${domain}'`))
				.toEqual([{ missed_checks: missed }]);
		}
		await page.reload();
		await expect(row.getByText("Needs attention")).toBeVisible();
		await expect.poll(() => mailTo(admin.email).join()).toContain(`record of ${domain} is gone`);
		await isLedToProvider(true);
		await sql(`update domains set lost_at = now() - interval '7 days' where domain = '${domain}'`);
		await isLedToProvider(false);
		dns.records.set(name, [value]);
		await section.getByRole("button", { name: "Check now" }).click();
		await expect(row.getByText("Verified")).toBeVisible();

		await row.getByRole("button", { name: `More for ${domain}` }).click();
		await page.getByRole("menuitem", { name: "Remove…" }).click();
		const question = page.getByRole("dialog", { name: `Remove ${domain}?` });
		await expect(question.getByText(/^1 member has an email there/)).toBeVisible();
		await question.getByRole("button", { name: `Remove ${domain}` }).click();
		await expect(section.getByText("No domain yet")).toBeVisible();
		await isLedToProvider(false);
	} finally {
		await dns.close();
	}
});
