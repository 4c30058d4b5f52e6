/**
 * A sign-in that the provider asks us to begin (OpenID Connect Core §4): its dashboard sends the
 * browser here, and a fresh sign-in at that connection begins, as if the person had started here.
 * Nothing of what it says is believed: it may only agree with what is known.
 */
import type { Db } from "@/db/client";
import { countRefusal } from "@/lib/activity/record";
import { env } from "@/lib/platform/env";
import { log } from "@/lib/platform/log";
import { ownPath } from "@/lib/platform/paths";
import { isEmail } from "@/lib/platform/text";
import type { Reason } from "@/lib/policy/reasons";
import { planIncludesSso, workspaceById } from "@/lib/workspaces/workspaces";
import { type Connection, connectionById } from "./connections";
import { whyWithoutClient } from "./deployment-client";
import { beginSignIn, type FlowVisitor, mayBegin } from "./sign-in";

/** What an admin gives the provider as "Initiate login URI". */
export const initiateUri = (connectionId: string) =>
	`${env().PUBLIC_URL}/api/sso/initiate/${connectionId}`;

/** What a provider may say (Core §4). Everything else is left out. */
export const initiationParameters = ["iss", "login_hint", "target_link_uri"] as const;

/** Why a beginning is refused; the log has it, the person reads one sentence for all. */
type Cause = "connection" | "connection_off" | "plan" | "client" | "repeated" | "issuer" | "target";

/**
 * Begins a sign-in at a connection.
 * @param said the query or form it came with.
 * @returns where to send the browser. Refused: throttled; initiation_refused, whatever the cause,
 *   so that nobody learns from it which connections there are.
 */
export async function initiate(
	db: Db,
	connectionId: string,
	said: URLSearchParams,
	visitor: FlowVisitor,
	now: Date,
): Promise<{ ok: true; url: string } | { ok: false; reason: Reason }> {
	const allowed = await mayBegin(db, visitor);
	if (!allowed.ok) return { ok: false, reason: "throttled" };
	const connection = await connectionById(db, connectionId);
	const workspace = connection && (await workspaceById(db, connection.workspaceId));
	const refuse = async (cause: Cause) => {
		log().info({ connectionId, cause }, "A sign-in begun by a provider was refused");
		const known = workspace?.id ?? null;
		await countRefusal(db, known, "sign_in.not_initiated", visitor.address, now);
		return { ok: false, reason: "initiation_refused" } as const;
	};
	if (!workspace || connection?.protocol !== "oidc") return refuse("connection");
	const cause = whyRefused(connection, said);
	if (cause) return refuse(cause);
	if (!planIncludesSso(workspace.plan)) return refuse("plan");
	const target = targetOf(said.get("target_link_uri"), workspace.slug);
	if (!target.ok) return refuse("target");
	const hint = said.get("login_hint") ?? "";
	const { url } = await beginSignIn(db, {
		workspace,
		connection,
		settings: null,
		intent: "login",
		memberId: null,
		// It will stand in the log as who this was, before anybody vouched for it.
		email: isEmail(hint) ? hint : null,
		returnTo: target.path,
		visitor,
		now,
	});
	return { ok: true, url };
}

function whyRefused(connection: Connection, said: URLSearchParams): Cause | null {
	// Of two values one is read by us and the other by somebody else.
	if (initiationParameters.some((name) => said.getAll(name).length > 1)) return "repeated";
	const issuer = said.get("iss");
	if (issuer !== null && issuer !== connection.issuer) return "issuer";
	if (connection.status !== "active") return "connection_off";
	return whyWithoutClient(connection) ? "client" : null;
}

/**
 * The page to go to afterwards. An address of another site is refused, or we would lead there
 * whoever trusts us; one of ours that is no page of the workspace is left out.
 */
function targetOf(
	asked: string | null,
	slug: string,
): { ok: true; path: string | null } | { ok: false } {
	if (!asked) return { ok: true, path: null };
	const { PUBLIC_URL } = env();
	const path = ownPath(asked.startsWith(`${PUBLIC_URL}/`) ? asked.slice(PUBLIC_URL.length) : asked);
	// PUBLIC_URL itself, as some providers send it.
	if (path === null) return asked === PUBLIC_URL ? { ok: true, path: null } : { ok: false };
	const home = `/w/${slug}`;
	const isPage = path === home || path.startsWith(`${home}/`) || path.startsWith(`${home}?`);
	return { ok: true, path: isPage ? path : null };
}
