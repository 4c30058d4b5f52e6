import { readOnly, withApiKey } from "../with-api-key";

/** Whom the key speaks for. */
function GET(request: Request): Promise<Response> {
	return withApiKey(request, "me:read", async ({ workspace, member, role, permissions }) =>
		Response.json({
			id: member.id,
			workspace,
			name: member.name,
			email: member.email,
			role: role.key,
			permissions,
		}),
	);
}

export {
	GET,
	GET as HEAD,
	readOnly as DELETE,
	readOnly as OPTIONS,
	readOnly as PATCH,
	readOnly as POST,
	readOnly as PUT,
};
