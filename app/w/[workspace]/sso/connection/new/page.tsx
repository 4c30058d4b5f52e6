import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { providerOf } from "@/lib/sso/providers";
import { ConnectionPage } from "../connection-page";

export async function generateMetadata({
	searchParams,
}: PageProps<"/w/[workspace]/sso/connection/new">) {
	const t = await getTranslations("connection");
	const { provider } = await searchParams;
	return { title: t("connect", { provider: providerOf(String(provider)).name }) };
}

export default async function NewConnectionPage({
	params,
	searchParams,
}: PageProps<"/w/[workspace]/sso/connection/new">) {
	const { workspace: slug } = await params;
	const { provider } = await searchParams;
	const session = await requireMember(slug, `/w/${slug}/sso`);
	const t = await getTranslations("sso");
	if (!can(session, "sso.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	return <ConnectionPage session={session} connection={null} providerKey={String(provider)} />;
}
