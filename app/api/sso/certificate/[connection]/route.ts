import { database } from "@/db/client";
import { isId } from "@/lib/platform/ids";
import { connectionById } from "@/lib/sso/connections";
import { newestOf, serviceKeys } from "@/lib/sso/saml/service-keys";

type Context = { params: Promise<{ connection: string }> };

/** Our newest certificate, for a provider that encrypts to us or checks our requests. */
export async function GET(_: Request, { params }: Context): Promise<Response> {
	const { connection: id } = await params;
	const db = await database();
	const connection = isId(id) ? await connectionById(db, id) : null;
	if (connection?.protocol !== "saml") return new Response(null, { status: 404 });
	return new Response(newestOf(await serviceKeys(db)).certificate, {
		headers: {
			"content-type": "application/x-pem-file",
			"content-disposition": 'attachment; filename="gatehouse.pem"',
		},
	});
}
