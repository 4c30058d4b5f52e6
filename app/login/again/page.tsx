import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { requireMember } from "@/app/require";
import { GoogleStep } from "@/components/login/google-step";
import { PasswordStep } from "@/components/login/password-step";
import { SsoStep } from "@/components/login/sso-step";
import { database } from "@/db/client";
import { offersGoogle } from "@/lib/accounts/google";
import { hasPassword } from "@/lib/accounts/passwords";
import { isReason } from "@/lib/policy/reasons";
import { listConnections } from "@/lib/sso/connections";
import { givePassword } from "../actions";
import { hiddenQuery, loginPath, loginQuery } from "../address";

export async function generateMetadata() {
	const t = await getTranslations("login");
	return { title: t("again.title") };
}

/** Signing in once more, as the same person, before something that cannot be taken back. */
export default async function AgainPage({ searchParams }: PageProps<"/login/again">) {
	const params = await searchParams;
	const query = loginQuery(params);
	const session = await requireMember(query.workspace ?? "", query.next ?? "/", {
		recovery: true,
	});
	const { workspace, member } = session;
	const db = await database();
	const back = query.next ?? `/w/${workspace.slug}`;
	if (session.method === "recovery") redirect(loginPath("/login/recovery", query));
	const active = (await listConnections(db, workspace.id)).find(
		({ status }) => status === "active",
	);
	const email = member.email ?? "";
	const bySso =
		active && (session.method === "sso" || !(await hasPassword(db, workspace.id, member.id)));
	if (bySso)
		return (
			<SsoStep
				workspace={workspace.name}
				provider={active.name}
				email={email}
				changeHref={back}
				continueHref={loginPath("/sso/start", { ...query, again: "1" })}
				enforced={false}
			/>
		);
	const byGoogle = session.method === "google" && (await offersGoogle(db, workspace, new Date()));
	if (byGoogle)
		return (
			<GoogleStep
				workspace={workspace.name}
				email={email}
				changeHref={back}
				continueHref={loginPath("/login/google", { ...query, for: "again" })}
			/>
		);
	const t = await getTranslations("reasons");
	const error = typeof params.error === "string" && isReason(params.error) ? params.error : null;
	const words = {
		workspace: workspace.name,
		provider: "",
		email,
		domain: "",
		expected: "",
		received: "",
	};
	return (
		<PasswordStep
			action={givePassword}
			workspace={workspace.name}
			email={email}
			changeHref={back}
			hidden={hiddenQuery(query)}
			{...(error ? { error: t(`${error}.person`, words) } : {})}
		/>
	);
}
