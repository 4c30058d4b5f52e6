import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { can, requireMember } from "@/app/require";
import { PageHeader } from "@/components/shell/page-header";
import { TestResult } from "@/components/sso/test-result";
import { Band } from "@/components/ui/band";
import { database } from "@/db/client";
import { loadRoles } from "@/lib/members/access";
import { isId } from "@/lib/platform/ids";
import { findConnection } from "@/lib/sso/connections";
import { findSignIn } from "@/lib/sso/sign-in";
import { testView } from "../../test-view";

export async function generateMetadata() {
	const t = await getTranslations("test");
	return { title: t("title") };
}

/** Where the tab of a test sign-in ends. */
export default async function TestPage({ params }: PageProps<"/w/[workspace]/sso/tests/[id]">) {
	const { workspace: slug, id } = await params;
	const session = await requireMember(slug, `/w/${slug}/sso`, { recovery: true });
	if (!can(session, "sso.manage") || !isId(id)) notFound();
	const { workspace } = session;
	const db = await database();
	const signIn = await findSignIn(db, workspace.id, id);
	if (signIn?.intent !== "test") notFound();
	const t = await getTranslations("test");
	const connection = signIn.connectionId
		? await findConnection(db, workspace.id, signIn.connectionId)
		: null;
	const provider = connection?.name ?? signIn.draft?.name ?? "";
	return (
		<>
			<PageHeader title={t("title")} back={{ href: `/w/${slug}/sso`, label: "SSO" }} />
			{signIn.endedAt ? (
				<TestResult
					test={await testView(signIn, provider, workspace.name, await loadRoles(db, workspace.id))}
				/>
			) : (
				<Band tone="note" title={t("running")} />
			)}
			<p className="mt-4 text-sm text-ink-2">{t("close")}</p>
		</>
	);
}
