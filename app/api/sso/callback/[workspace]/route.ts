import type { NextRequest } from "next/server";
import { isId } from "@/lib/platform/ids";
import { answerCallback } from "../answer";

type Context = { params: Promise<{ workspace: string }> };

/** Where a workspace's OpenID provider sends the browser back to. */
export async function GET(request: NextRequest, { params }: Context): Promise<Response> {
	const { workspace } = await params;
	if (!isId(workspace)) return new Response(null, { status: 404 });
	return answerCallback(request, workspace);
}
