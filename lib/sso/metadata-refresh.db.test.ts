/** Reading SAML metadata again: what is taken by itself, and what waits for an admin. */
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, it, test } from "vitest";
import type { Db } from "@/db/client";
import { connections, outbox } from "@/db/schema";
import type { SamlIdp } from "@/db/schema/sso";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { listActivity } from "@/lib/activity/list";
import { newId } from "@/lib/platform/ids";
import { findConnection } from "./connections";
import { parseDraft } from "./draft";
import { isSameProvider } from "./metadata-change";
import { changesOf, refreshDueMetadata } from "./metadata-refresh";
import type { fetchMetadata } from "./saml/metadata";
import { saveConnection } from "./save";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const day = 86_400_000;
const now = new Date("2026-11-25T12:00:00Z");
const later = (days: number) => new Date(now.getTime() + days * day);

const idp: SamlIdp = {
	entityId: "https://idp.test/saml",
	ssoUrl: "https://idp.test/sso",
	ssoBinding: "redirect",
	sloUrl: null,
	sloBinding: "redirect",
	certificates: [],
};

describe("the same provider", () => {
	test.each([
		["a new certificate", { certificates: ["x"] }, true],
		["another path of the same host", { ssoUrl: "https://idp.test/other" }, true],
		["a way to sign out at the same host", { sloUrl: "https://idp.test/slo" }, true],
		["another entity ID", { entityId: "https://evil.test" }, false],
		["another host", { ssoUrl: "https://evil.test/sso" }, false],
		["another port", { ssoUrl: "https://idp.test:8443/sso" }, false],
		["another binding", { ssoBinding: "post" as const }, false],
		["a way to sign out elsewhere", { sloUrl: "https://evil.test/slo" }, false],
		["answers to sign-outs at the same host", { sloResponseUrl: "https://idp.test/done" }, true],
		["answers to sign-outs elsewhere", { sloResponseUrl: "https://evil.test/done" }, false],
	])("with %s: %s", (_, change, same) => {
		expect(isSameProvider(idp, { ...idp, ...change })).toBe(same);
	});
});

/** A SAML connection that was tested and is on, whose metadata has an address. */
async function aWorld() {
	const workspace = await aWorkspace(db);
	const admin = await aMember(db, workspace, { roleByHand: "admin" });
	const id = newId();
	const metadataUrl = `https://idp.test/${id}`;
	await db.insert(connections).values({
		workspaceId: workspace.id,
		id,
		name: "Okta",
		provider: "okta",
		protocol: "saml",
		status: "active",
		revision: 3,
		testedRevision: 3,
		issuer: idp.entityId,
		saml: {
			idp: { ...idp, certificates: [shorter] },
			nameIdFormat: null,
			signRequests: false,
			wantEncrypted: false,
		},
		metadataUrl,
		metadataCheckedAt: now,
		idpInitiated: "page",
		settingsHash: "hash",
	});
	/** Reads what the provider says now. */
	const read = async (at: Date, said: Partial<SamlIdp> | null) => {
		const reader = (async (address: string) =>
			address === metadataUrl && said
				? { ok: true, idp: { ...idp, ...said }, nameIdFormats: [] }
				: { ok: false, reason: "metadata_unreachable" }) as typeof fetchMetadata;
		await refreshDueMetadata(db, at, reader);
		const connection = await findConnection(db, workspace.id, id);
		const mails = await db
			.delete(outbox)
			.where(eq(outbox.workspaceId, workspace.id))
			.returning({ to: outbox.to, subject: outbox.subject });
		const { rows } = await listActivity(db, workspace.id, { limit: 20, before: null });
		return {
			connection,
			certificates: connection?.protocol === "saml" ? connection.saml.idp?.certificates : null,
			mails,
			told: rows.filter(({ kind }) => kind.startsWith("connection.metadata")),
		};
	};
	return { workspace, id, admin, read };
}

describe("metadata that is read again", () => {
	it("is left until a day has passed", async () => {
		const { read } = await aWorld();
		const { certificates } = await read(later(0.5), { certificates: [longer] });
		expect(certificates).toEqual([shorter]);
	});

	it("brings new certificates by itself, keeps the proof, and is recorded as a difference", async () => {
		const { read } = await aWorld();
		const both = await read(later(1), { certificates: [shorter, longer] });
		expect(both.certificates).toEqual([shorter, longer]);
		expect(both.connection).toMatchObject({ revision: 3, testedRevision: 3, status: "active" });
		const [change] = changesOf(
			{ ...idp, certificates: [shorter] },
			{ ...idp, certificates: [shorter, longer] },
		);
		expect(both.told).toMatchObject([
			{ kind: "connection.metadata_changed", details: { changed: [change] } },
		]);
		expect(both.connection?.metadataNews).toEqual({
			taken: true,
			at: later(1).toISOString(),
			changed: [change],
		});
		const one = await read(later(2), { certificates: [longer] });
		expect(one.certificates).toEqual([longer]);
		expect((await read(later(3), { certificates: [longer] })).told).toHaveLength(2);
	});

	it.each([{ entityId: "https://evil.test" }, { ssoUrl: "https://evil.test/sso" }])(
		"is told and not taken where it is of another provider: %j",
		async (said) => {
			const { read, admin } = await aWorld();
			const first = await read(later(1), { ...said, certificates: [longer] });
			expect(first.certificates).toEqual([shorter]);
			expect(first.connection).toMatchObject({ issuer: idp.entityId, revision: 3 });
			expect(first.mails).toEqual([
				{ to: admin.email, subject: "The metadata of Okta says something else" },
			]);
			expect(first.told).toMatchObject([{ kind: "connection.metadata_differs" }]);
			// The same once more is no news.
			const again = await read(later(2), { ...said, certificates: [longer] });
			expect([again.mails, again.told.length]).toEqual([[], 1]);
			expect(again.certificates).toEqual([shorter]);
			expect(again.connection?.metadataNews).toMatchObject({ taken: false });
			// It went by itself, and came again: that is told.
			const back = await read(later(3), { certificates: [shorter] });
			expect(back.connection?.metadataNews).toBeNull();
			const third = await read(later(4), { ...said, certificates: [longer] });
			expect([third.mails.length, third.told.length]).toEqual([1, 2]);
		},
	);

	it("keeps the hash of what was tested, and an admin who saves takes what differs", async () => {
		const { read, workspace, id } = await aWorld();
		const draft = parseDraft({
			protocol: "saml",
			name: "Okta",
			provider: "okta",
			source: "url",
			metadataUrl: `https://idp.test/${id}`,
		});
		if (!draft.ok) throw new Error("the draft was not read");
		const save = (said: Partial<SamlIdp>) =>
			saveConnection(db, operator, workspace, id, draft.draft, undefined, async () => ({
				ok: true,
				idp: { ...idp, ...said },
				nameIdFormats: [],
			}));
		const first = await save({ certificates: [shorter] });
		if (!first.ok) throw new Error(first.reason);
		await db
			.update(connections)
			.set({ testedRevision: first.connection.revision })
			.where(eq(connections.id, id));
		await read(later(1), { certificates: [longer] });
		const same = await save({ certificates: [longer] });
		expect(same).toMatchObject({
			ok: true,
			connection: { revision: first.connection.revision, metadataNews: null },
		});
		const elsewhere = { certificates: [longer], ssoUrl: "https://other.test/sso" };
		expect((await read(later(3), elsewhere)).connection?.metadataNews?.taken).toBe(false);
		const other = await save(elsewhere);
		if (!other.ok) throw new Error(other.reason);
		expect(other.connection.metadataNews).toBeNull();
		expect(other.connection.revision).toBe(first.connection.revision + 1);
		expect(other.connection.testedRevision).toBe(first.connection.revision);
	});

	it("changes nothing while the provider does not answer", async () => {
		const { read, workspace, id } = await aWorld();
		const { certificates, told } = await read(later(1), null);
		expect([certificates, told]).toEqual([[shorter], []]);
		const [row] = await db
			.select({ at: connections.metadataCheckedAt })
			.from(connections)
			.where(and(eq(connections.workspaceId, workspace.id), eq(connections.id, id)));
		expect(row?.at).toEqual(later(1));
	});
});

// Made for this test: the subject is idp.test, the keys were thrown away.
const shorter = `-----BEGIN CERTIFICATE-----
MIIBezCCASGgAwIBAgIUYumct0wGRN7JHVEuCqnYjXNDNsMwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIaWRwLnRlc3QwHhcNMjYxMTI1MjAxMzI3WhcNMjcxMjMwMjAx
MzI3WjATMREwDwYDVQQDDAhpZHAudGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABCZr/ZHSNNoSC2ovHOjRiu0G0CkAHg9rrK7UrNDT78/2PfxCkX3u1469SYtT
6IGXAOPndsocahxP+/ZhpOJJ+qqjUzBRMB0GA1UdDgQWBBScNQRaqsrQKCD6hptd
N4Ix4S0uzDAfBgNVHSMEGDAWgBScNQRaqsrQKCD6hptdN4Ix4S0uzDAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIGLNtguGvyZHJe6bLWrs0vw+EVwd
JZSxsQdvofT97v52AiEA4PzCGFoLuu7NtdlT3gijHV5dKQgkI1S9b1JMjeSBnZE=
-----END CERTIFICATE-----`;
const longer = `-----BEGIN CERTIFICATE-----
MIIBfDCCASGgAwIBAgIUbZS26WDBvfZKXn8P5FURQkqo9MswCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIaWRwLnRlc3QwHhcNMjYxMTI1MjAxMzI3WhcNMzYxMTIyMjAx
MzI3WjATMREwDwYDVQQDDAhpZHAudGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABGjIgyoCQNSwCjY8wzqFAPKXrEkLgDaJLIO27WTiwushvpAMUlYLW4jiPZfP
RWn8NtSjLfZNq8S7B5Dt9n/WMSajUzBRMB0GA1UdDgQWBBRbVvaN7CMzNtmzgOBq
qntdD/DvfzAfBgNVHSMEGDAWgBRbVvaN7CMzNtmzgOBqqntdD/DvfzAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDxQhw5VmOhSnKFYv9TGdvhnJgN
r0aR6ED5a427DmBFAwIhALlSdnBKz4PUiSvHbcOGZpE73MqjjvewlzFuuf887Utk
-----END CERTIFICATE-----`;
