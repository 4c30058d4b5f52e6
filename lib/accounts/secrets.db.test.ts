/**
 * A26 for what accounts are opened with: a copy of the database opens nothing. What passes through
 * a browser is in e2e/attacks/secrets.spec.ts.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Db, transact } from "@/db/client";
import { aMember, freshDb } from "@/db/testing";
import { labelOf } from "@/lib/members/members";
import { runDueJobs } from "@/lib/platform/jobs";
import { mailJobs } from "@/lib/platform/mail";
import { currentPolicy } from "@/lib/workspaces/policy";
import { issueApiKey } from "./api-keys";
import { askForEmailChange } from "./email-change";
import { makeRecoveryCodes } from "./factors/recovery-codes";
import { invite } from "./invitations";
import { signInByPassword } from "./password-sign-in";
import { askForReset, mailPasswordLink, resetJobs } from "./resets";
import { startSession } from "./sessions";
import { askToSignUp } from "./sign-up";
import { aPerson, password, visitor, withApp } from "./testing";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date();

/** Sends what is queued, and gives back the texts. */
async function sent(): Promise<string[]> {
	const folder = mkdtempSync(join(tmpdir(), "outbox-"));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	const settings = { smtpUrl: null, folder, from: "Gatehouse <g@acme.test>" };
	const soon = new Date(now.getTime() + 60_000);
	await runDueJobs(db, { ...resetJobs(db), ...mailJobs(db, settings) }, soon);
	return readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
}

/** Every row of every table as text. */
async function everyRow(): Promise<{ table: string; row: string }[]> {
	const query = async <Row>(statement: string) =>
		((await db.execute(sql.raw(statement))) as unknown as { rows: Row[] }).rows;
	const found: { table: string; row: string }[] = [];
	for (const { table } of await query<{ table: string }>(
		"select table_name as table from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
	))
		for (const { row } of await query<{ row: string }>(
			`select to_jsonb(t)::text as row from "${table}" t`,
		))
			found.push({ table, row });
	return found;
}

describe("A26: the database", () => {
	it("holds nothing that opens an account, once the mail is sent", async () => {
		const person = await aPerson(db);
		const { workspace, member, email } = person;
		const admin = await aMember(db, workspace, { roleByHand: "admin" });
		const actor = { kind: "member", id: admin.id, label: labelOf(admin) } as const;
		const secrets = new Map<string, string>([["password", password]]);
		const keep = (what: string, secret: string | undefined) => {
			if (!secret) throw new Error(`no ${what}`);
			secrets.set(what, secret);
		};

		keep("seed of the app", await withApp(db, person, now));
		const codes = await transact(db, (tx) => makeRecoveryCodes(tx, member));
		for (const [index, code] of codes.entries()) {
			keep(`recovery code ${index}`, code);
			keep(`recovery code ${index} as compared`, code.replaceAll("-", ""));
		}
		const opened = await signInByPassword(
			db,
			{ email, password, slug: workspace.slug },
			visitor,
			now,
		);
		keep("challenge", opened.ok ? opened.challenges[0]?.token : undefined);
		keep(
			"session",
			await transact(db, async (tx) => {
				const { document: policy } = await currentPolicy(tx, workspace.id);
				const start = { workspaceId: workspace.id, memberId: member.id, policy, visitor, now };
				return startSession(tx, { ...start, method: "password" });
			}),
		);
		const key = await transact(db, (tx) =>
			issueApiKey(
				tx,
				actor,
				workspace.id,
				["api_keys.own", "workspace.read"],
				{ name: "CI", scopes: ["me:read"], days: 30 },
				now,
			),
		);
		keep("API key", key.ok ? key.key : undefined);

		await transact(db, async (tx) => {
			const acting = { actor, fresh: true };
			const asked = { addresses: "zoe@acme.test", role: "member" };
			expect((await invite(tx, acting, workspace, asked, now)).ok).toBe(true);
			await mailPasswordLink(tx, actor, workspace, admin, now);
		});
		await askForReset(db, { email, slug: workspace.slug }, visitor.address, now);
		await askForEmailChange(db, workspace, member, "ada.new@acme.test", now);
		await askToSignUp(db, "new@company.test", visitor, now);
		for (const mail of await sent())
			for (const [, secret] of mail.matchAll(/(?:[?&](?:token|ticket)=|\/invite\/)([^&\s]+)/g))
				keep(`link: ${/^Subject: (.*)/m.exec(mail)?.[1]}`, secret);
		const links = [...secrets.keys()].filter((what) => what.startsWith("link: "));
		expect(links.sort()).toEqual([
			"link: Confirm this address for Acme",
			"link: Create your workspace",
			"link: Reset your password for Acme",
			"link: Set a password for Acme",
			"link: You are invited to Acme",
		]);

		const rows = await everyRow();
		const readable = [...secrets].flatMap(([what, secret]) =>
			rows.filter(({ row }) => row.includes(secret)).map(({ table }) => `${what} in ${table}`),
		);
		expect(readable).toEqual([]);
		// The search finds what is there.
		expect(rows.some(({ row }) => row.includes(email))).toBe(true);
	});
});
