import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { PageHeader } from "@/components/shell/page-header";
import { ProviderTiles } from "@/components/sso/provider-tiles";
import { offered, providerOf } from "@/lib/sso/providers";
import { ConnectionPage } from "../connection-page";

type Props = PageProps<"/w/[workspace]/sso/connection/new">;

export async function generateMetadata({ searchParams }: Props) {
	const { provider } = await searchParams;
	if (provider === undefined) return { title: (await getTranslations("sso"))("choose.title") };
	const t = await getTranslations("connection");
	return { title: t("connect", { provider: providerOf(String(provider)).name }) };
}

/** Another connection: its provider first, then its form. */
export default async function NewConnectionPage({ params, searchParams }: Props) {
	const { workspace: slug } = await params;
	const { provider, protocol, client } = await searchParams;
	const home = `/w/${slug}/sso`;
	const session = await requireMember(slug, home, { recovery: true });
	const t = await getTranslations("sso");
	if (!can(session, "sso.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	if (provider !== undefined)
		return (
			<ConnectionPage
				session={session}
				connection={null}
				providerKey={String(provider)}
				{...(protocol === undefined ? {} : { asked: String(protocol) })}
				{...(client === undefined ? {} : { askedClient: String(client) })}
			/>
		);
	const connections = await getTranslations("connections");
	return (
		<>
			<PageHeader back={{ href: home, label: t("title") }} title={t("choose.title")}>
				{connections("addLead")}
			</PageHeader>
			<ProviderTiles providers={offered} hrefOf={`${home}/connection/new?provider=`} />
		</>
	);
}
