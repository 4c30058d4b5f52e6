import { beforeAll, expect, test } from "vitest";
import type { Db } from "@/db/client";
import { freshDb } from "@/db/testing";
import { findWorkspace } from "@/lib/workspaces/workspaces";
import { findSession } from "./sessions";
import { completeSetup, ensureSetupCode, needsSetup } from "./setup";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const visitor = { browserId: null, address: "203.0.113.4", userAgent: "test" };
const input = (code: string) => ({
	code,
	workspaceName: "Acme",
	slug: "acme",
	name: "Maya Lindqvist",
	email: "maya@acme.test",
	password: "several words in a row",
});

// One installation is set up once: these steps share it, in this order.
test("nothing is set up by a wrong code, a replaced code or wrong input", async () => {
	const replaced = (await ensureSetupCode(db)) ?? "";
	const code = (await ensureSetupCode(db)) ?? "";
	const attempt = async (change: object) => {
		const done = await completeSetup(db, { ...input(code), ...change }, visitor, new Date());
		return done.ok ? "ok" : done.reason;
	};
	expect(await attempt({ code: "guess" })).toBe("setup_code_wrong");
	expect(await attempt({ code: replaced })).toBe("setup_code_wrong");
	expect(await attempt({ password: "too short" })).toBe("password_too_short");
	expect(await attempt({ slug: "Not A Slug" })).toBe("slug_malformed");
	expect(await attempt({ slug: "login" })).toBe("slug_malformed");
	expect(await attempt({ workspaceName: " " })).toBe("name_missing");
	expect(await attempt({ email: "no address" })).toBe("email_malformed");
	expect(await needsSetup(db)).toBe(true);
	// A refused attempt has not used the code up.
	const done = await completeSetup(db, input(code), visitor, new Date());
	expect(done).toMatchObject({ ok: true, workspace: { slug: "acme" } });
	const browserId = done.ok ? done.browserId : "";
	const session = await findSession(db, { slug: "acme" }, browserId, new Date());
	expect(session).toMatchObject({ role: { key: "admin" }, member: { email: "maya@acme.test" } });
});

test("once set up, it is closed for good", async () => {
	expect(await needsSetup(db)).toBe(false);
	expect(await ensureSetupCode(db)).toBeNull();
	const again = await completeSetup(db, { ...input("any"), slug: "other" }, visitor, new Date());
	expect(again).toEqual({ ok: false, reason: "setup_done" });
	expect(await findWorkspace(db, "other")).toBeNull();
});
