import { headers } from "next/headers";
import { database } from "@/db/client";
import { addressHeader } from "@/lib/platform/edge";
import { isId } from "@/lib/platform/ids";
import { takeLogoutToken } from "@/lib/sso/backchannel";

type Context = { params: Promise<{ connection: string }> };

const noStore = { "cache-control": "no-store" };

/** Where an OpenID provider says that somebody signed out there (Back-Channel Logout 1.0, §2.5). */
export async function POST(request: Request, { params }: Context): Promise<Response> {
	const { connection } = await params;
	if (!isId(connection)) return new Response(null, { status: 404, headers: noStore });
	const type = request.headers.get("content-type") ?? "";
	const form = type.startsWith("application/x-www-form-urlencoded")
		? new URLSearchParams(await request.text())
		: new URLSearchParams();
	const address = (await headers()).get(addressHeader) ?? "unknown";
	const token = form.getAll("logout_token").length === 1 ? (form.get("logout_token") ?? "") : "";
	const taken = await takeLogoutToken(await database(), connection, token, address, new Date());
	if (taken.ok) return new Response(null, { status: 200, headers: noStore });
	if (taken.problem === "throttled") return new Response(null, { status: 429, headers: noStore });
	return Response.json(
		{ error: "invalid_request", error_description: taken.problem },
		{ status: 400, headers: noStore },
	);
}
