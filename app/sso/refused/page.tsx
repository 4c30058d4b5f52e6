import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { loginPath } from "@/app/login/address";
import { flowVisitor } from "@/app/login/flow";
import { Refused } from "@/components/login/refused";
import { database } from "@/db/client";
import { hashToken } from "@/lib/platform/crypto";
import { isId } from "@/lib/platform/ids";
import { isReason } from "@/lib/policy/reasons";
import { findConnection } from "@/lib/sso/connections";
import { findSignIn } from "@/lib/sso/sign-in";
import { workspaceById } from "@/lib/workspaces/workspaces";

export async function generateMetadata() {
	const t = await getTranslations("login");
	return { title: t("refused.title") };
}

/** What the person reads. Names and code are shown to the browser that tried, and to no other. */
export default async function RefusedPage({ searchParams }: PageProps<"/sso/refused">) {
	const { w, id, why } = await searchParams;
	const t = await getTranslations("reasons");
	const db = await database();
	const found =
		typeof w === "string" && typeof id === "string" && isId(w) && isId(id)
			? await findSignIn(db, w, id)
			: null;
	const { flowId } = await flowVisitor();
	const signIn = found?.browserHash === hashToken(flowId) ? found : null;
	const workspace = signIn ? await workspaceById(db, signIn.workspaceId) : null;
	// Whoever tests reads the reason itself, with what to do about it.
	if (signIn?.intent === "test" && workspace)
		redirect(`/w/${workspace.slug}/sso/tests/${signIn.id}`);
	const connection =
		signIn?.connectionId && workspace
			? await findConnection(db, workspace.id, signIn.connectionId)
			: null;
	const asked = typeof why === "string" && isReason(why) ? why : "state_unknown";
	const reason = signIn?.reason && isReason(signIn.reason) ? signIn.reason : asked;
	const query = { workspace: workspace?.slug ?? null, next: signIn?.returnTo ?? null };
	return (
		<Refused
			sentence={t(`${reason}.person`, {
				workspace: workspace?.name ?? "Gatehouse",
				provider: connection?.name ?? (await getTranslations("login"))("refused.provider"),
				email: signIn?.email ?? "",
				domain: signIn?.email?.split("@")[1] ?? "",
				expected: "",
				received: "",
			})}
			againHref={loginPath("/login", query)}
			{...(workspace ? { workspace: workspace.name } : {})}
			{...(signIn ? { code: signIn.code } : {})}
			{...(connection?.status === "active"
				? { otherHref: loginPath("/sso/start", { ...query, other: "1" }) }
				: {})}
		/>
	);
}
