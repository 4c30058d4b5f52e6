/**
 * Prepares the demo's database and file: the workspace Acme with its admin, its domain (vouched
 * for by the operator) and a directory with a token. What is there already stays as it is.
 * Runs in a process of its own and ends: creating the embedded database takes memory.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Db, openDatabase, transact } from "@/db/client";
import { FolderInUse, lockFolder } from "@/db/folder-lock";
import { setPassword } from "@/lib/accounts/passwords";
import { enableDirectory } from "@/lib/directory/directory";
import { issueToken } from "@/lib/directory/tokens";
import { createMember } from "@/lib/members/members";
import { env } from "@/lib/platform/env";
import { vouchForDomain } from "@/lib/sso/domains";
import { createWorkspace, findWorkspace } from "@/lib/workspaces/workspaces";
import { type DemoFile, readDemoFile, writeDemoFile } from "./lib/demo-file";
import { people } from "./lib/demo-people";
import { newPassword } from "./lib/passwords";

const operator = { kind: "operator", label: "npm run demo" } as const;
const slug = "acme";

const file = process.env.DEMO_FILE;
const issuer = process.env.DEMO_ISSUER;
const saml = process.env.DEMO_SAML;
if (!file || !issuer || !saml) throw new Error("start by `npm run demo`");

try {
	if (process.argv.includes("--reset")) await forget(env().DATA_DIR, file);
	await prepare(env().DATA_DIR, file);
} catch (error) {
	if (!(error instanceof FolderInUse)) throw error;
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 1;
}

/** Opens or creates the database, and makes sure that the file fits it. */
async function prepare(folder: string, demoFile: string): Promise<void> {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const { db, close } = await openDatabase();
	const workspace = await findWorkspace(db, slug);
	const known = readDemoFile(demoFile);
	if (!workspace) await seed(db, demoFile);
	else if (known) writeDemoFile(demoFile, withAddresses(known));
	else {
		process.stderr.write(
			`The sample workspace is there, but ${demoFile} with its passwords is gone.\n`,
		);
		process.exitCode = 1;
	}
	await close();
}

/** Deletes what a former run left, unless a demo is using it. */
async function forget(folder: string, demoFile: string): Promise<void> {
	mkdirSync(join(folder, "db"), { recursive: true, mode: 0o700 });
	const release = await lockFolder(join(folder, "db"));
	rmSync(demoFile, { force: true });
	for (const name of readdirSync(folder))
		if (!name.endsWith(".lock")) rmSync(join(folder, name), { recursive: true, force: true });
	await release();
}

/** Makes the workspace, and writes the file before the commit: neither is there without the other. */
async function seed(db: Db, path: string): Promise<void> {
	await transact(db, async (tx) => {
		const [first] = people;
		const created = expectOk(
			await createWorkspace(tx, operator, { slug, name: "Acme", plan: "enterprise" }),
		);
		const { id } = created.workspace;
		const { member } = expectOk(
			await createMember(tx, operator, id, {
				email: first.email,
				emailProof: "operator",
				name: `${first.givenName} ${first.familyName}`,
				roleByHand: "admin",
				createdBy: "operator",
			}),
		);
		const admin = { email: first.email, password: newPassword() };
		await setPassword(tx, id, member.id, admin.password);
		expectOk(await vouchForDomain(tx, operator, id, "acme.test"));
		const now = new Date();
		const { directory } = expectOk(await enableDirectory(tx, operator, id, now));
		const { token } = expectOk(
			await issueToken(tx, operator, directory, { name: "Demo directory" }, now),
		);
		writeDemoFile(
			path,
			withAddresses({
				baseUrl: "",
				workspace: { id, slug },
				admin,
				scim: { baseUrl: "", token },
				oidc: {
					issuer: "",
					clientId: "gatehouse-demo",
					clientSecret: randomBytes(24).toString("base64url"),
				},
				saml: { metadataUrl: "" },
				users: people.map(({ email }) => ({ email, password: newPassword(), idp: "oidc" })),
			}),
		);
	});
}

/** The same demo at the ports of this run. */
function withAddresses(demo: DemoFile): DemoFile {
	const baseUrl = env().PUBLIC_URL;
	const known = demo.users.filter(({ idp }) => idp === "oidc");
	return {
		...demo,
		baseUrl,
		scim: { ...demo.scim, baseUrl: `${baseUrl}/api/scim/v2` },
		oidc: { ...demo.oidc, issuer: issuer ?? "" },
		saml: { metadataUrl: `${saml}/metadata` },
		users: [...known, ...known.map((user) => ({ ...user, idp: "saml" as const }))],
	};
}

function expectOk<T extends { ok: boolean }>(result: T): Extract<T, { ok: true }> {
	if (result.ok) return result as Extract<T, { ok: true }>;
	throw new Error("reason" in result ? String(result.reason) : "refused");
}
