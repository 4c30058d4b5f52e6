import { getTranslations } from "next-intl/server";
import { activityNames } from "@/app/activity-names";
import { ownRefusal } from "@/app/refusal";
import { requireMember, type Session } from "@/app/require";
import { GoogleSection } from "@/components/account/google-section";
import { ProfileSection } from "@/components/account/profile-section";
import { SessionsSection } from "@/components/account/sessions-section";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { SectionLayout } from "@/components/shell/section-nav";
import { database } from "@/db/client";
import { pendingEmailChange } from "@/lib/accounts/email-change";
import { googleConfigured, linkedGoogle, offersGoogle } from "@/lib/accounts/google";
import { proofAsked } from "@/lib/accounts/proof";
import { listSessions } from "@/lib/accounts/session-list";
import { locksOf } from "@/lib/members/managed";
import { isReason } from "@/lib/policy/reasons";
import { currentPolicy } from "@/lib/workspaces/policy";
import {
	cancelEmailAction,
	changeEmailAction,
	endOtherSessionsAction,
	endSessionAction,
	linkGoogleAction,
	saveNameAction,
	unlinkGoogleAction,
} from "./actions";
import { SecuritySections, securityItems } from "./security-sections";

export async function generateMetadata() {
	const t = await getTranslations("account");
	return { title: t("title") };
}

/** One's own account in this workspace: profile, ways to sign in, sessions. */
export default async function AccountPage({
	params,
	searchParams,
}: PageProps<"/w/[workspace]/account">) {
	const { workspace: slug } = await params;
	const { google: refused } = await searchParams;
	const session = await requireMember(slug, `/w/${slug}/account`);
	const t = await getTranslations("account");
	const asks = await proofAsked(await database(), session);
	const google = await googleProps(session, typeof refused === "string" ? refused : null);
	const items = [
		{ id: "profile", label: t("profile.title") },
		...(await securityItems()),
		...(google ? [{ id: "google", label: t("google.title") }] : []),
		{ id: "sessions", label: t("sessions.title") },
	];
	return (
		<Messages of={["account"]}>
			<PageHeader
				title={t("title")}
				standing={[t("standing", { name: session.member.name, workspace: session.workspace.name })]}
			/>
			<SectionLayout items={items}>
				<ProfileSection
					{...(await profileProps(session))}
					asks={asks}
					actions={{
						saveName: saveNameAction.bind(null, slug),
						changeEmail: changeEmailAction.bind(null, slug),
						cancelEmail: cancelEmailAction.bind(null, slug),
					}}
				/>
				<SecuritySections session={session} asks={asks} />
				{google ? (
					<GoogleSection
						{...google}
						asks={asks}
						actions={{
							link: linkGoogleAction.bind(null, slug),
							unlink: unlinkGoogleAction.bind(null, slug),
						}}
					/>
				) : null}
				<SessionsSection
					sessions={await sessionViews(session)}
					actions={{
						end: endSessionAction.bind(null, slug),
						endOthers: endOtherSessionsAction.bind(null, slug),
					}}
				/>
			</SectionLayout>
		</Messages>
	);
}

async function profileProps({ workspace, member }: Session) {
	const db = await database();
	const { document: policy } = await currentPolicy(db, workspace.id);
	const t = await getTranslations("account.profile");
	const locked = (await locksOf(db, policy, member)).profile;
	const provider = locked ? (await activityNames(workspace)).provider || t("directory") : null;
	return {
		profile: {
			name: member.name,
			email: member.email,
			proved: member.emailProof !== null,
			pending: await pendingEmailChange(db, member, new Date()),
		},
		...(provider ? { lockedBy: provider } : {}),
	};
}

/** Null where Google plays no part here. */
async function googleProps({ workspace, member }: Session, refused: string | null) {
	const db = await database();
	const linked = await linkedGoogle(db, member);
	const { document: policy } = await currentPolicy(db, workspace.id);
	if (!linked && (!googleConfigured() || policy.google === "off")) return null;
	const reasons = await getTranslations("reasons");
	const words = { workspace: workspace.name, provider: "Google" };
	const open = await offersGoogle(db, workspace, new Date());
	return {
		linked,
		replacesPassword: policy.google === "replacesPassword",
		...(open
			? {}
			: {
					closed: reasons(policy.google === "off" ? "google_off.why" : "sso_required.why", {
						...words,
						email: "",
						domain: "",
						expected: "",
						received: "",
					}),
				}),
		...(refused && isReason(refused) ? { refusal: await ownRefusal(refused, words) } : {}),
	};
}

async function sessionViews(session: Session) {
	const t = await getTranslations("account.sessions");
	const methods = await getTranslations("home.methods");
	const listed = await listSessions(await database(), session.member, new Date());
	return listed.map(({ device: { browser, system }, method, ...rest }) => ({
		...rest,
		device:
			browser && system ? t("device", { browser, system }) : (browser ?? system ?? t("unknown")),
		method: methods(method),
		current: rest.id === session.id,
	}));
}
