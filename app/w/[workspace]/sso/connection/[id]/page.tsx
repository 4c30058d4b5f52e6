import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { database } from "@/db/client";
import { isId } from "@/lib/platform/ids";
import { findConnection } from "@/lib/sso/connections";
import { ConnectionPage } from "../connection-page";

export async function generateMetadata() {
	const t = await getTranslations("sso");
	return { title: t("title") };
}

export default async function EditConnectionPage({
	params,
	searchParams,
}: PageProps<"/w/[workspace]/sso/connection/[id]">) {
	const { workspace: slug, id } = await params;
	const { client } = await searchParams;
	const session = await requireMember(slug, `/w/${slug}/sso`, { recovery: true });
	const t = await getTranslations("sso");
	if (!can(session, "sso.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const connection = isId(id)
		? await findConnection(await database(), session.workspace.id, id)
		: null;
	if (!connection) notFound();
	return (
		<ConnectionPage
			session={session}
			connection={connection}
			providerKey={connection.provider}
			{...(client === undefined ? {} : { askedClient: String(client) })}
		/>
	);
}
