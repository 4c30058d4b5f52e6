import { database } from "@/db/client";
import { isId } from "@/lib/platform/ids";
import { connectionById } from "@/lib/sso/connections";
import { serviceKeys } from "@/lib/sso/saml/service-keys";
import { serviceMetadata } from "@/lib/sso/saml/sp";

type Context = { params: Promise<{ connection: string }> };

/** Our SAML metadata for one connection, for its provider to read. Holds nothing secret. */
export async function GET(_: Request, { params }: Context): Promise<Response> {
	const { connection: id } = await params;
	const db = await database();
	const connection = isId(id) ? await connectionById(db, id) : null;
	if (connection?.protocol !== "saml") return new Response(null, { status: 404 });
	return new Response(serviceMetadata(id, await serviceKeys(db), connection.saml), {
		headers: {
			"content-type": "application/samlmetadata+xml",
			"content-disposition": 'inline; filename="gatehouse-metadata.xml"',
		},
	});
}
