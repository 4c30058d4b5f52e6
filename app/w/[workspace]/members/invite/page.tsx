import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { InviteForm } from "@/components/members/invite-form";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { database } from "@/db/client";
import { mostInvitations } from "@/lib/accounts/invitations";
import { directoryAdds } from "@/lib/members/managed";
import { enforcesSso } from "@/lib/policy/document";
import { currentPolicy } from "@/lib/workspaces/policy";
import { planIncludesSso, ssoIsActive } from "@/lib/workspaces/workspaces";
import { inviteAction } from "../actions";
import { providerName } from "../provider";
import { roleOptions } from "../roles";

export async function generateMetadata() {
	const t = await getTranslations("members.form");
	return { title: t("title") };
}

/** Inviting one or many. */
export default async function InvitePage({ params }: PageProps<"/w/[workspace]/members/invite">) {
	const { workspace: slug } = await params;
	const back = `/w/${slug}/members`;
	const session = await requireMember(slug, `${back}/invite`, { recovery: true });
	const t = await getTranslations("members");
	if (!can(session, "members.manage"))
		return <NoAccessPage session={session} page={t("form.title")} what={t("form.standing")} />;
	const { workspace } = session;
	const db = await database();
	const { document } = await currentPolicy(db, workspace.id);
	// The list says why nobody is invited here.
	if (await directoryAdds(db, document, workspace.id)) redirect(back);
	const byProvider =
		enforcesSso(document, new Date()) &&
		planIncludesSso(workspace.plan) &&
		(await ssoIsActive(db, workspace.id));
	const roles = (await roleOptions(session)).filter(({ disabled }) => !disabled);
	const usual = roles.find(({ value }) => value === (document.defaultRole ?? "member"));
	return (
		<Messages of={["members"]}>
			<PageHeader
				title={t("form.title")}
				back={{ href: back, label: t("title") }}
				standing={[t("form.standing")]}
			/>
			<div className="max-w-2xl">
				<InviteForm
					action={inviteAction.bind(null, slug)}
					roles={roles}
					defaultRole={usual?.value ?? roles.at(-1)?.value ?? ""}
					most={mostInvitations}
					provider={byProvider ? await providerName(session) : null}
					backHref={back}
				/>
			</div>
		</Messages>
	);
}
