/** What mappings would do, as the page shows it and as a file. */
import type { MappingPreview } from "@/components/directory/mapping-dialog";
import { fingerprintOf } from "@/lib/impact/as-shown";
import type { Impact, PersonChange } from "@/lib/impact/what-would-change";
import type { RoleFact } from "@/lib/policy/access";
import { adminRole } from "@/lib/roles/permissions";

/** People named of each kind of change; the rest are counted, and in the file. */
export const mostOfEach = 200;

/** The preview for the page: who loses access before the others, each by name. */
export function viewOf(impact: Impact, roles: readonly RoleFact[]): MappingPreview {
	const ranks = new Map(roles.map(({ name, rank }) => [name, rank]));
	const rank = (name: string | null) => (name === null ? -1 : (ranks.get(name) ?? 0));
	const admin = roles.find(({ key }) => key === adminRole)?.name;
	const counts = { up: 0, down: 0, same: 0, lost: 0 };
	const losing: MappingPreview["changes"] = [];
	const others: MappingPreview["changes"] = [];
	for (const change of impact.changes) {
		const by = rank(change.after) - rank(change.before);
		const way = change.after === null && by < 0 ? "lost" : by > 0 ? "up" : by < 0 ? "down" : "same";
		counts[way] += 1;
		if (counts[way] <= mostOfEach) (way === "lost" ? losing : others).push({ ...change, way });
	}
	return {
		ok: true,
		people: impact.people,
		count: impact.changes.length,
		counts,
		admins: impact.changes.filter(({ before, after }) => before !== admin && after === admin)
			.length,
		changes: [...losing, ...others],
		fingerprint: fingerprintOf(impact),
	};
}

/** The words of the file: its first line, who has no role, and why somebody has one. */
export type FileWords = {
	head: string[];
	none: string;
	because: (change: PersonChange) => string;
};

/** Everybody a change would touch, as CSV. Cells a spreadsheet takes for formulas are text. */
export function csvOf({ changes }: Impact, { head, none, because }: FileWords): string {
	const cell = (text: string) => `"${text.replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
	const lines = changes.map((change) => [
		change.name,
		change.email ?? "",
		change.before ?? none,
		change.after ?? none,
		change.joins.join("; "),
		change.leaves.join("; "),
		String(change.keys),
		because(change),
	]);
	return [head, ...lines].map((line) => line.map(cell).join(",")).join("\r\n");
}
