import { NextResponse } from "next/server";
import { database } from "@/db/client";
import { env } from "@/lib/platform/env";
import { isId } from "@/lib/platform/ids";
import { workspaceById } from "@/lib/workspaces/workspaces";

/** Where a provider sends the browser back to once it has ended its own session. */
export async function GET(
	_request: Request,
	{ params }: RouteContext<"/sso/signed-out/[workspace]">,
): Promise<Response> {
	const { workspace: id } = await params;
	const workspace = isId(id) ? await workspaceById(await database(), id) : null;
	const path = workspace
		? `/login?${new URLSearchParams({ workspace: workspace.slug })}`
		: "/login";
	return NextResponse.redirect(new URL(path, env().PUBLIC_URL), 303);
}
