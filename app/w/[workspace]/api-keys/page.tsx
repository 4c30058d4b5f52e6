import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { type ApiKeyView, OthersKeys, OwnKeys } from "@/components/api-keys/api-keys";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { ButtonLink } from "@/components/ui/button";
import { database } from "@/db/client";
import {
	type ApiKey,
	type ApiScope,
	apiScopes,
	keyLifetimes,
	listOthersKeys,
	listOwnKeys,
} from "@/lib/accounts/api-keys";
import { labelOf } from "@/lib/members/members";
import { isId } from "@/lib/platform/ids";
import { createApiKeyAction, revokeApiKeyAction } from "./actions";

export async function generateMetadata() {
	const t = await getTranslations("api_keys");
	return { title: t("title") };
}

/** A member's own keys, and for whom it concerns those of everybody else. */
export default async function ApiKeysPage({
	params,
	searchParams,
}: PageProps<"/w/[workspace]/api-keys">) {
	const { workspace: slug } = await params;
	const { before } = await searchParams;
	const path = `/w/${slug}/api-keys`;
	const session = await requireMember(slug, path);
	const { workspace, member } = session;
	const t = await getTranslations("api_keys");
	if (!can(session, "api_keys.own"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const db = await database();
	const owner = { workspaceId: workspace.id, id: member.id };
	const from = typeof before === "string" && isId(before) ? before : null;
	const own = await listOwnKeys(db, owner);
	const others = can(session, "api_keys.manage")
		? await listOthersKeys(db, owner, { limit: 50, before: from })
		: null;
	const now = new Date();
	const revoke = revokeApiKeyAction.bind(null, slug);
	const scopes = Object.keys(apiScopes) as ApiScope[];
	return (
		<Messages of={["api_keys"]}>
			<PageHeader title={t("title")} standing={[t("standing", { workspace: workspace.name })]} />
			<div className="space-y-12">
				<OwnKeys
					keys={own.map((key) => viewOf(key, now))}
					scopes={scopes.filter((scope) => can(session, apiScopes[scope]))}
					lifetimes={keyLifetimes}
					create={createApiKeyAction.bind(null, slug)}
					revoke={revoke}
				/>
				{others ? (
					<OthersKeys keys={others.keys.map((key) => viewOf(key, now))} revoke={revoke}>
						{from || others.next ? (
							<nav className="mt-4 flex gap-2" aria-label={t("others")}>
								{from ? <ButtonLink href={path}>{t("newest")}</ButtonLink> : null}
								{others.next ? (
									<ButtonLink href={`${path}?before=${others.next}`}>{t("older")}</ButtonLink>
								) : null}
							</nav>
						) : null}
					</OthersKeys>
				) : null}
			</div>
		</Messages>
	);
}

function viewOf({ owner, expiresAt, ...key }: ApiKey, now: Date): ApiKeyView {
	return {
		...key,
		expiresAt,
		expired: expiresAt !== null && expiresAt <= now,
		owner: labelOf(owner),
	};
}
