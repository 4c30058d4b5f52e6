import { beforeAll, describe, expect, it } from "vitest";
import type { Db } from "@/db/client";
import { activity } from "@/db/schema";
import { aWorkspace, freshDb, operator } from "@/db/testing";
import { newId } from "@/lib/platform/ids";
import { type ExportFormat, exportActivity } from "./export";
import { newestSeal } from "./seal";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

async function exported(workspaceId: string, format: ExportFormat): Promise<string> {
	const file = await exportActivity(db, operator, workspaceId, format, new Date());
	return new Response(file).text();
}

async function aLog(rows: number, actorLabel = "Ada") {
	const { id: workspaceId } = await aWorkspace(db);
	const row = (number: number) => ({
		workspaceId,
		id: newId(),
		at: new Date(),
		kind: "sign_out",
		outcome: "done" as const,
		actorKind: "member",
		actorLabel,
		details: { row: number },
	});
	await db.insert(activity).values(Array.from({ length: rows }, (_, number) => row(number)));
	return workspaceId;
}

describe("an export", () => {
	it("has every event once, oldest first, of one workspace, and the seal over them", async () => {
		await aLog(3);
		const id = await aLog(1_203);
		const { seal, events } = JSON.parse(await exported(id, "json")) as {
			seal: { number: number; seal: string };
			events: { kind: string; workspaceId: string; details: { row?: number } }[];
		};
		expect(events.map(({ details }) => details.row).filter((row) => row !== undefined)).toEqual(
			Array.from({ length: 1_203 }, (_, row) => row),
		);
		expect(new Set(events.map(({ workspaceId }) => workspaceId))).toEqual(new Set([id]));
		// Taking it is an event too, and in the file.
		expect(events.at(-1)?.kind).toBe("activity.exported");
		expect(seal.seal).toBe((await newestSeal(db, id))?.seal);
		expect(seal.number).toBe(2);
	});

	it("begins no formula in a spreadsheet, and breaks no cell", async () => {
		const id = await aLog(1, `=HYPERLINK("https://evil.test"),\r\n@x`);
		const text = await exported(id, "csv");
		expect(text).toContain(`"'=HYPERLINK(""https://evil.test""),\r\n@x"`);
		expect(text.split("\r\n")[0]).toMatch(/^"at","kind","outcome",/);
		const seal = await newestSeal(db, id);
		expect(text.trim().split("\r\n").at(-1)).toContain(seal?.seal);
		for (const cell of text.matchAll(/(?:^|,)"([^"])/gm)) expect(cell[1]).not.toMatch(/[=+@\t-]/);
	});
});
