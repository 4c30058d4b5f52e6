import { asc, eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Db, transact } from "@/db/client";
import { activity, directoryTokens } from "@/db/schema";
import { aWorkspace, freshDb, operator } from "@/db/testing";
import { hashToken } from "@/lib/platform/crypto";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { recognise } from "./caller";
import {
	closedBecause,
	type Directory,
	disableDirectory,
	enableDirectory,
	findDirectory,
	loadDirectory,
	setStrict,
} from "./directory";
import {
	issueToken,
	listTokens,
	maxLiveTokens,
	renameToken,
	revokeToken,
	rotateToken,
} from "./tokens";

let db: Db;
let workspace: Workspace;
let directory: Directory;
const now = new Date("2030-01-01T00:00:00Z");
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);

beforeAll(async () => {
	db = await freshDb();
});

beforeEach(async () => {
	workspace = await aWorkspace(db);
	const enabled = await transact(db, (tx) => enableDirectory(tx, operator, workspace.id, now));
	if (!enabled.ok) throw new Error(enabled.reason);
	directory = enabled.directory;
});

const issue = (input: { name: string; expiresAt?: Date }, at = now) =>
	transact(db, (tx) => issueToken(tx, operator, directory, input, at));

async function issued(input = { name: "Okta" }) {
	const made = await issue(input);
	if (!made.ok) throw new Error(made.reason);
	return made;
}

const eventsOf = async () =>
	(
		await db
			.select()
			.from(activity)
			.where(eq(activity.workspaceId, workspace.id))
			.orderBy(asc(activity.id))
	)
		.map(({ kind }) => kind)
		.filter((kind) => kind.startsWith("directory.") || kind.startsWith("token."));

describe("the switch", () => {
	test("keeps the directory and its tokens, and records each turn once", async () => {
		const { token } = await issued();
		await transact(db, (tx) => disableDirectory(tx, operator, directory));
		await transact(db, (tx) => disableDirectory(tx, operator, directory));
		expect(await recognise(db, token, now)).toMatchObject({ caller: { closed: "directory_off" } });
		const again = await transact(db, (tx) => enableDirectory(tx, operator, workspace.id, now));
		expect(again).toMatchObject({ ok: true, directory: { id: directory.id, enabled: true } });
		await transact(db, (tx) => enableDirectory(tx, operator, workspace.id, now));
		expect(await recognise(db, token, now)).toMatchObject({ caller: { closed: null } });
		expect(await eventsOf()).toEqual([
			"directory.enabled",
			"token.created",
			"directory.disabled",
			"directory.enabled",
		]);
	});

	test("of strictness is recorded", async () => {
		await transact(db, (tx) => setStrict(tx, operator, directory, false));
		await transact(db, (tx) => setStrict(tx, operator, directory, true));
		expect((await findDirectory(db, workspace.id))?.strict).toBe(true);
		expect(await eventsOf()).toEqual(["directory.enabled", "directory.strict_changed"]);
	});

	test("shows its numbers", async () => {
		const { stored } = await issued();
		await issued({ name: "Entra" });
		await transact(db, (tx) => revokeToken(tx, operator, directory, stored.id, now));
		expect(await loadDirectory(db, workspace.id, now)).toMatchObject({
			closed: null,
			users: 0,
			activeUsers: 0,
			liveTokens: 1,
		});
		const none = await aWorkspace(db);
		expect(await loadDirectory(db, none.id, now)).toMatchObject({
			directory: null,
			closed: "directory_off",
		});
	});
});

test.each([
	[{ enabled: false, plan: "free" }, "directory_off"],
	[{ plan: "free" }, "plan_needed"],
	[{ needs: "activeConnection" }, "connection_needed"],
	[{ needs: "activeConnection", hasActiveConnection: true }, null],
	[{ needs: "activeSaml", hasActiveConnection: true }, "saml_connection_needed"],
	[{ needs: "activeSaml", hasActiveConnection: true, hasActiveSaml: true }, null],
	[{}, null],
] as const)("with %j the directory is closed because of %s", (standing, reason) => {
	expect(
		closedBecause({
			enabled: true,
			plan: "enterprise",
			needs: "nothing",
			hasActiveConnection: false,
			hasActiveSaml: false,
			...standing,
		}),
	).toBe(reason);
});

describe("a token", () => {
	test("is shown once and kept as a hash", async () => {
		const { token, stored } = await issued({ name: "  Okta  " });
		expect(token).toMatch(/^ghd_[A-Za-z0-9_-]{43}$/);
		expect(stored).toMatchObject({ name: "Okta", createdBy: operator.label, lastUsedAt: null });
		expect(token.startsWith(stored.prefix)).toBe(true);
		expect(stored.prefix.length).toBeLessThan(12);
		const [row] = await db.select().from(directoryTokens).where(eq(directoryTokens.id, stored.id));
		expect(row?.hash).toBe(hashToken(token));
		const log = await db.select().from(activity).where(eq(activity.workspaceId, workspace.id));
		for (const seen of [stored, await listTokens(db, directory), log]) {
			expect(JSON.stringify(seen)).not.toContain(token);
			expect(JSON.stringify(seen)).not.toContain(row?.hash);
		}
		expect((await issued()).token).not.toBe(token);
	});

	test.each([
		[{ name: " " }, "name_missing"],
		[{ name: "Okta", expiresAt: now }, "expired"],
	])("of %j is refused: %s", async (input, reason) => {
		expect(await issue(input)).toEqual({ ok: false, reason });
		expect(await listTokens(db, directory)).toEqual([]);
	});

	test("works until it expires", async () => {
		const made = await issue({ name: "Okta", expiresAt: later(10) });
		if (!made.ok) throw new Error(made.reason);
		expect((await recognise(db, made.token, later(9))).caller).not.toBeNull();
		expect(await recognise(db, made.token, later(10))).toMatchObject({
			caller: null,
			ended: { because: "expired", directory: { workspaceId: workspace.id } },
		});
	});

	test("is one of a few; one that ended makes room", async () => {
		const first = await issued();
		for (let i = 1; i < maxLiveTokens; i++) await issued();
		expect(await issue({ name: "one more" })).toEqual({ ok: false, reason: "too_many" });
		await transact(db, (tx) => revokeToken(tx, operator, directory, first.stored.id, now));
		expect(await issue({ name: "one more" })).toMatchObject({ ok: true });
	});

	test("ends once, and only in its own directory", async () => {
		const { token, stored } = await issued();
		const other = await aWorkspace(db);
		const foreign = await transact(db, (tx) => enableDirectory(tx, operator, other.id, now));
		if (!foreign.ok) throw new Error(foreign.reason);
		const revoke = (of: Directory) =>
			transact(db, (tx) => revokeToken(tx, operator, of, stored.id, now));
		expect(await revoke(foreign.directory)).toEqual({ ok: false, reason: "not_found" });
		expect((await recognise(db, token, now)).caller).not.toBeNull();
		expect(await revoke(directory)).toEqual({ ok: true });
		expect((await recognise(db, token, now)).caller).toBeNull();
		expect(await revoke(directory)).toEqual({ ok: false, reason: "not_found" });
	});

	test("is rotated to one of the same name that lives as long", async () => {
		const made = await issue({ name: "Okta", expiresAt: later(60) });
		if (!made.ok) throw new Error(made.reason);
		const rotated = await transact(db, (tx) =>
			rotateToken(tx, operator, directory, made.stored.id, "none", later(30)),
		);
		expect(rotated).toMatchObject({ ok: true, stored: { name: "Okta", expiresAt: later(90) } });
		expect((await recognise(db, made.token, later(30))).caller).toBeNull();
		const again = await transact(db, (tx) =>
			rotateToken(tx, operator, directory, made.stored.id, "none", later(30)),
		);
		expect(again).toEqual({ ok: false, reason: "not_found" });
		expect(await eventsOf()).toEqual(["directory.enabled", "token.created", "token.rotated"]);
	});

	test("works on beside the new one for the overlap, never longer than it would have", async () => {
		const rotate = (id: string, overlap: "hour" | "week") =>
			transact(db, (tx) => rotateToken(tx, operator, directory, id, overlap, now));
		const made = await issued();
		const rotated = await rotate(made.stored.id, "hour");
		if (!rotated.ok) throw new Error(rotated.reason);
		for (const token of [made.token, rotated.token])
			expect((await recognise(db, token, later(59))).caller).not.toBeNull();
		expect((await recognise(db, made.token, later(61))).caller).toBeNull();
		expect((await recognise(db, rotated.token, later(61))).caller).not.toBeNull();
		expect(await rotate(made.stored.id, "hour")).toEqual({ ok: false, reason: "not_found" });
		const short = await issue({ name: "short", expiresAt: later(30) });
		if (!short.ok) throw new Error(short.reason);
		expect(await rotate(short.stored.id, "week")).toMatchObject({ ok: true });
		expect((await recognise(db, short.token, later(31))).caller).toBeNull();
	});

	test("is renamed, and keeps working", async () => {
		const made = await issued();
		const rename = (name: string) =>
			transact(db, (tx) => renameToken(tx, operator, directory, made.stored.id, name));
		expect(await rename(" Okta production ")).toEqual({ ok: true });
		expect((await recognise(db, made.token, now)).caller?.tokenName).toBe("Okta production");
		expect(await rename(" ")).toEqual({ ok: false, reason: "name_missing" });
		expect((await eventsOf()).at(-1)).toBe("token.renamed");
	});
});
