/**
 * Reading the log: which part of it an event belongs to, and rows that say the same again folded
 * into one. Pure.
 */

/** The parts of the log a reader can ask for, by the beginnings of their kinds. */
export const activityParts = {
	sign_ins: ["sign_in", "sign_out", "connection.tested", "invitation.accepted"],
	directory: ["directory.", "token.", "scim."],
	changes: [
		"policy.",
		"connection.",
		"saml_key.",
		"domain.",
		"role.",
		"group.",
		"member",
		"workspace.",
		"invitation.",
	],
	security: [
		"password.",
		"factor.",
		"session.",
		"google.",
		"api",
		"recovery",
		"activity.",
		"token.",
	],
} as const;

export type ActivityPart = keyof typeof activityParts;

type Alike = {
	id: string;
	at: Date;
	kind: string;
	outcome: string;
	actor: string;
	subject: string | null;
	details: Record<string, unknown>;
};

/** A row with how often it happened, and since when. */
export type Folded<Row> = Row & { times: number; first: Date };

/** So many in a row say no more than one with a count. */
const fewest = 3;

/** Longer apart than this, it is not one thing that goes on. */
const gapMs = 3600_000;

/** Folds runs of rows, newest first, that tell the same of the same. The newest stands for all. */
export function foldAlike<Row extends Alike>(rows: readonly Row[]): Folded<Row>[] {
	const folded: Folded<Row>[] = [];
	for (let from = 0; from < rows.length; ) {
		const run = runFrom(rows, from);
		const [newest] = run;
		const oldest = run.at(-1);
		if (!newest || !oldest) break;
		if (run.length < fewest)
			folded.push(...run.map((row) => ({ ...row, times: 1, first: row.at })));
		else folded.push({ ...withSum(newest, run), times: run.length, first: oldest.at });
		from += run.length;
	}
	return folded;
}

function runFrom<Row extends Alike>(rows: readonly Row[], from: number): Row[] {
	const run: Row[] = [];
	for (const row of rows.slice(from)) {
		const last = run.at(-1);
		if (last && (sameAs(last) !== sameAs(row) || last.at.getTime() - row.at.getTime() > gapMs))
			break;
		run.push(row);
	}
	return run;
}

/** What makes two rows say the same. A code or a count may differ. */
const sameAs = ({ kind, outcome, actor, subject, details }: Alike) =>
	JSON.stringify([
		kind,
		outcome,
		actor,
		"code" in details ? null : subject,
		details.reason ?? null,
	]);

/** Counted refusals add up; their sentence tells the sum. */
function withSum<Row extends Alike>(newest: Row, run: readonly Row[]): Row {
	if (typeof newest.details.count !== "number" || newest.subject !== null) return newest;
	const count = run.reduce((sum, { details }) => sum + Number(details.count ?? 0), 0);
	return { ...newest, details: { ...newest.details, count } };
}
