/** What a measurement is printed as: a line each, and the same as a table for docs/performance.md. */
import { cpus, totalmem } from "node:os";
import type { Row } from "./scenarios";

/** The machine, in a line. */
export function machine(): string {
	const [cpu] = cpus();
	const memory = Math.round(totalmem() / 2 ** 30);
	return `${cpus().length} × ${cpu?.model.trim() ?? "unknown"}, ${memory} GiB, Node ${process.versions.node}, ${process.platform}`;
}

export function lineOf({ scenario, what, measured, goal }: Row): string {
	const verdict = goal ? `   ${goal.reached ? "reached" : "MISSED"}: ${goal.text}` : "";
	return `  ${scenario}  ${what.padEnd(52)} ${measured}${verdict}`;
}

export function tableOf(rows: Row[]): string {
	const lines = rows.map(
		({ scenario, what, target, measured, goal }) =>
			`| ${scenario} | ${what} | ${target} | ${measured} | ${goal ? `${goal.text}: ${goal.reached ? "reached" : "missed"}` : ""} |`,
	);
	return ["| | What | Where | Measured | Goal |", "| --- | --- | --- | --- | --- |", ...lines].join(
		"\n",
	);
}
