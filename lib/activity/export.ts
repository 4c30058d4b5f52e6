/**
 * The log as a file: every row that is sealed, oldest first, and the seal that stands for them. Who
 * keeps the file can tell later whether the log is still the same.
 */
import { type Db, transact } from "@/db/client";
import type { activity } from "@/db/schema";
import type { Actor } from "./actor";
import { record } from "./record";
import { type ActivitySeal, beginning, rowsBetween, sealNow } from "./seal";

type ActivityRow = typeof activity.$inferSelect;

export const exportFormats = ["csv", "json"] as const;
export type ExportFormat = (typeof exportFormats)[number];

const pageRows = 500;

/**
 * Begins an export: writes down who takes it, seals the log as it is, and streams it.
 * @returns the pieces of the file, made while they are read.
 */
export async function exportActivity(
	db: Db,
	actor: Actor,
	workspaceId: string,
	format: ExportFormat,
	now: Date,
): Promise<ReadableStream<Uint8Array>> {
	await transact(db, (tx) =>
		record(tx, workspaceId, actor, { kind: "activity.exported", details: { format } }),
	);
	const seal = await sealNow(db, workspaceId, now);
	const pieces = format === "csv" ? csv(db, seal) : json(db, seal);
	const encoder = new TextEncoder();
	return new ReadableStream({
		async pull(controller) {
			const { value, done } = await pieces.next();
			if (done) controller.close();
			else controller.enqueue(encoder.encode(value));
		},
		async cancel() {
			await pieces.return();
		},
	});
}

async function* pages(db: Db, seal: ActivitySeal | null): AsyncGenerator<ActivityRow[], void> {
	let after = beginning;
	while (seal) {
		const rows = await rowsBetween(db, seal.workspaceId, after, seal.through, pageRows);
		const last = rows.at(-1);
		if (!last) return;
		yield rows;
		after = last.seq;
	}
}

async function* json(db: Db, seal: ActivitySeal | null): AsyncGenerator<string, void> {
	const head = seal && { number: seal.number, seal: seal.seal, sealedAt: seal.sealedAt };
	yield `{"seal":${JSON.stringify(head)},"events":[`;
	let between = "\n";
	for await (const rows of pages(db, seal)) {
		yield between + rows.map(({ seq: _, ...row }) => JSON.stringify(row)).join(",\n");
		between = ",\n";
	}
	yield "\n]}\n";
}

const columns = [
	"at",
	"kind",
	"outcome",
	"actorKind",
	"actorLabel",
	"actorId",
	"subjectKind",
	"subjectLabel",
	"subjectId",
	"address",
	"details",
	"id",
] as const satisfies (keyof ActivityRow)[];

async function* csv(db: Db, seal: ActivitySeal | null): AsyncGenerator<string, void> {
	yield lineOf(columns);
	for await (const rows of pages(db, seal))
		yield rows.map((row) => lineOf(columns.map((column) => textOf(row[column])))).join("");
	// The seal ends the file as a line of its own, since the format has no other place for it.
	if (seal) {
		const last = {
			at: seal.sealedAt,
			kind: "seal",
			details: { number: seal.number, seal: seal.seal },
		};
		yield lineOf(columns.map((column) => textOf((last as Partial<ActivityRow>)[column])));
	}
}

function textOf(value: unknown): string {
	if (value === null || value === undefined) return "";
	if (value instanceof Date) return value.toISOString();
	return typeof value === "string" ? value : JSON.stringify(value);
}

/** A line of RFC 4180. Names come from outside, so none may begin a formula in a spreadsheet. */
function lineOf(cells: readonly string[]): string {
	const quoted = cells.map((cell) => {
		const harmless = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
		return `"${harmless.replaceAll('"', '""')}"`;
	});
	return `${quoted.join(",")}\r\n`;
}
