/** A SAML connection before, and while, its provider's side is known. */
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transactOrUndo } from "@/db/client";
import { aWorkspace, freshDb, operator } from "@/db/testing";
import { samlKeys } from "@/e2e/idp/saml-response";
import { metadataOf, samlDraft } from "@/e2e/idp/saml-world";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { activateConnection, findConnection } from "../connections";
import type { SamlDraft } from "../draft";
import { saveConnection } from "../save";
import { readyDraft, whyUntestable } from "../settings";
import { readMetadata } from "./metadata";

let db: Db;
let workspace: Workspace;
beforeAll(async () => {
	db = await freshDb();
	workspace = await aWorkspace(db, {});
});

const keys = samlKeys();
const metadata = () => metadataOf("https://idp.acme.test/saml", [keys]);
const answers = async () => readMetadata(metadata());
const silent = async (received: string) =>
	({ ok: false, reason: "metadata_unreachable", received }) as const;

const save = (
	id: string | null,
	more: Partial<SamlDraft>,
	reader: typeof silent | typeof answers,
) => saveConnection(db, operator, workspace, id, samlDraft(more), undefined, reader);

async function begun(more: Partial<SamlDraft> = {}) {
	const saved = await save(null, { source: "later", ...more }, silent);
	if (!saved.ok) throw new Error(saved.reason);
	return saved.connection;
}

describe("a draft that waits for its provider", () => {
	it("keeps a temporary metadata address that nothing answers at, and cannot be turned on", async () => {
		const { id, status } = await begun({ metadataUrl: "https://not-yet.acme.test/metadata" });
		expect(status).toBe("draft");
		const refused = await transactOrUndo(db, (tx) =>
			activateConnection(tx, operator, workspace, id),
		);
		expect(refused).toMatchObject({ ok: false, reason: "metadata_missing" });
		expect(await findConnection(db, workspace.id, id)).toMatchObject({
			issuer: null,
			saml: { idp: null },
			metadataUrl: "https://not-yet.acme.test/metadata",
		});
	});

	it.each(["http://idp.acme.test/metadata", "https://user:word@idp.acme.test/metadata"])(
		"takes no %s",
		async (metadataUrl) => {
			expect(await save(null, { source: "later", metadataUrl }, silent)).toMatchObject({
				ok: false,
				reason: "metadata_blocked",
				field: "metadataUrl",
			});
		},
	);

	it("takes the real address later, which must answer then, and stays the same connection", async () => {
		const { id } = await begun({ metadataUrl: "https://not-yet.acme.test/metadata" });
		const real = { source: "url", metadataUrl: "https://idp.acme.test/metadata" } as const;
		expect(await save(id, real, silent)).toMatchObject({
			ok: false,
			reason: "metadata_unreachable",
			field: "metadataUrl",
		});
		expect(await save(id, real, answers)).toMatchObject({
			ok: true,
			connection: {
				id,
				status: "draft",
				issuer: "https://idp.acme.test/saml",
				metadataUrl: real.metadataUrl,
			},
		});
	});

	it("cannot be tested before it has addresses, nor before its provider's side is given", async () => {
		const ready = async (more: Partial<SamlDraft>) => {
			const read = await readyDraft(workspace, samlDraft(more), null);
			if (!read.ok) throw new Error(read.reason);
			return read.settings;
		};
		const whole = await ready({ metadataXml: metadata() });
		const stored = await begun();
		expect(whyUntestable(whole, null)).toBe("save_first");
		expect(whyUntestable(await ready({ source: "later" }), stored)).toBe("metadata_missing");
		expect(whyUntestable(whole, stored)).toBeNull();
	});
});

it("metadata given as a file is not read again from the address it once came from", async () => {
	const { id } = await begun();
	await save(id, { source: "url", metadataUrl: "https://idp.acme.test/metadata" }, answers);
	await save(id, { source: "xml", metadataXml: metadata() }, silent);
	expect(await findConnection(db, workspace.id, id)).toMatchObject({ metadataUrl: null });
});
