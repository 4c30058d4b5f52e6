import { getTranslations } from "next-intl/server";
import { signOut } from "@/app/shell-actions";
import { LoginArch } from "@/components/login/login-arch";
import { AcceptForm } from "@/components/members/accept-form";
import { Messages } from "@/components/messages";
import { buttonClass } from "@/components/ui/button";
import { SubmitButton } from "@/components/ui/submit-button";
import { Time } from "@/components/ui/time";
import { database } from "@/db/client";
import { type OpenInvitation, openInvitation } from "@/lib/accounts/accept-invitation";
import { readVisitor } from "@/lib/accounts/browser";
import { minimumLength } from "@/lib/accounts/passwords";
import { findSession } from "@/lib/accounts/sessions";
import { labelOf } from "@/lib/members/members";
import { listConnections } from "@/lib/sso/connections";
import { acceptAction } from "./actions";

export async function generateMetadata() {
	const t = await getTranslations("invite");
	return { title: t("metaTitle") };
}

/** Where the link in an invitation leads. Opening it does nothing: mail scanners open it too. */
export default async function AcceptPage({ params }: PageProps<"/invite/[token]">) {
	const { token } = await params;
	const t = await getTranslations("invite");
	const db = await database();
	const now = new Date();
	const invitation = await openInvitation(db, token, now);
	if (!invitation)
		return (
			<LoginArch tone="stop" title={t("expired")} lead={t("expiredLead")}>
				<p className="mb-6 text-center text-ink-2">{t("expiredBody")}</p>
				<a href="/login" className={`${buttonClass("line", "lg")} w-full`}>
					{t("signIn")}
				</a>
			</LoginArch>
		);
	const { workspace, role, invitedBy, expiresAt } = invitation;
	const { browserId } = await readVisitor();
	const session = await findSession(db, { workspaceId: workspace.id }, browserId, now);
	if (session) {
		const name = labelOf(session.member);
		return (
			<LoginArch workspace={workspace.name} title={t("other", { name })}>
				<p className="mb-6 text-center text-ink-2">
					{t("otherLead", { workspace: workspace.name })}
				</p>
				<form action={signOut.bind(null, workspace.slug)}>
					<SubmitButton size="lg" className="w-full">
						{t("signOut", { name })}
					</SubmitButton>
				</form>
			</LoginArch>
		);
	}
	return (
		<LoginArch
			tone="pass"
			workspace={workspace.name}
			title={t("title", { workspace: workspace.name })}
			lead={t("lead", { inviter: invitedBy, role })}
		>
			<Ways invitation={invitation} token={token} />
			<p className="mt-5 text-center text-sm text-ink-3">
				{t.rich("until", { at: () => <Time at={expiresAt} /> })}
			</p>
		</LoginArch>
	);
}

/** By the provider, by a password, or by either. */
async function Ways({ invitation, token }: { invitation: OpenInvitation; token: string }) {
	const t = await getTranslations("invite");
	const { workspace, email, sso, secondFactor } = invitation;
	const connections = await listConnections(await database(), workspace.id);
	const provider = connections.find(({ status }) => status === "active")?.name ?? "";
	const least = secondFactor ? minimumLength.withFactor : minimumLength.alone;
	return (
		<div className="space-y-5">
			{sso === "no" ? null : (
				<>
					{sso === "must" ? (
						<p className="text-center text-ink-2">
							{t("ssoOnly", { workspace: workspace.name, provider })}
						</p>
					) : null}
					{/* A link: a form that is redirected to another site is blocked. */}
					<a
						href={`/invite/${encodeURIComponent(token)}/sso`}
						className={`${buttonClass(sso === "must" ? "open" : "line", "lg")} w-full`}
					>
						{t("withSso", { provider })}
					</a>
				</>
			)}
			{sso === "may" ? <p className="text-center text-sm text-ink-2">{t("or")}</p> : null}
			{sso === "must" ? null : (
				<Messages of={["invite", "login"]}>
					<AcceptForm
						action={acceptAction.bind(null, token)}
						email={email}
						workspace={workspace.name}
						least={least}
					/>
				</Messages>
			)}
		</div>
	);
}
