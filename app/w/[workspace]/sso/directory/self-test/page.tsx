import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { SelfTest } from "@/components/directory/self-test";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { Band } from "@/components/ui/band";
import { database } from "@/db/client";
import { findDirectory } from "@/lib/directory/directory";
import { clientNamed, clients } from "@/lib/scim/clients";
import { providerKey } from "../provider";
import { selfTestAction } from "../replay-actions";

export async function generateMetadata() {
	const t = await getTranslations("selftest");
	return { title: t("title") };
}

/** What an identity provider would find here, tried and taken back. */
export default async function SelfTestPage({
	params,
}: PageProps<"/w/[workspace]/sso/directory/self-test">) {
	const { workspace: slug } = await params;
	const home = `/w/${slug}/sso`;
	const session = await requireMember(slug, `${home}/directory/self-test`);
	const t = await getTranslations("selftest");
	if (!can(session, "directory.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const directory = await findDirectory(await database(), session.workspace.id);
	return (
		<Messages of={["selftest"]}>
			<PageHeader
				title={t("title")}
				back={{ href: `${home}#directory`, label: t("back") }}
				standing={[t("standing")]}
			/>
			{directory?.enabled ? (
				<SelfTest
					clients={Object.entries(clients).map(([value, { name }]) => ({ value, label: name }))}
					chosen={clientNamed(await providerKey(session.workspace.id)) ?? "rfc"}
					run={selfTestAction.bind(null, slug)}
				/>
			) : (
				<Band tone="care" title={t("off")} />
			)}
		</Messages>
	);
}
