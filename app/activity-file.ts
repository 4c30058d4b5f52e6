import { database } from "@/db/client";
import type { Actor } from "@/lib/activity/actor";
import { type ExportFormat, exportActivity, exportFormats } from "@/lib/activity/export";

const types = { csv: "text/csv; charset=utf-8", json: "application/json" };

/** The format that an address asks for, or null for one that does not exist. */
export function formatOf(request: Request): ExportFormat | null {
	const asked = new URL(request.url).searchParams.get("format") ?? "json";
	return exportFormats.find((format) => format === asked) ?? null;
}

/** The activity log of a workspace as a file to keep. */
export async function activityFile(
	workspace: { id: string; slug: string },
	actor: Actor,
	format: ExportFormat,
): Promise<Response> {
	const now = new Date();
	const body = await exportActivity(await database(), actor, workspace.id, format, now);
	const name = `activity-${workspace.slug}-${now.toISOString().slice(0, 10)}.${format}`;
	return new Response(body, {
		headers: {
			"content-type": types[format],
			"content-disposition": `attachment; filename="${name}"`,
		},
	});
}
