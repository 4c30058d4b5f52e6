import { Lock } from "lucide-react";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { MemberKeys } from "@/components/members/member-keys";
import { ProfileForm } from "@/components/members/profile-form";
import { Panel, PanelBody, PanelFoot, PanelRow } from "@/components/ui/panel";
import { StateBadge } from "@/components/ui/state";
import { Time } from "@/components/ui/time";
import type { ApiKey } from "@/lib/accounts/api-keys";
import type { DirectoryUser } from "@/lib/directory/entries";
import type { Member } from "@/lib/members/members";
import type { Access } from "@/lib/policy/access";
import { revokeApiKeyAction } from "../../api-keys/actions";
import { editMemberAction } from "./actions";
import type { Names } from "./words";

/** A narrow panel beside the page's main column. */
function Side({ id, title, children }: { id: string; title: string; children: ReactNode }) {
	return (
		<section aria-labelledby={id}>
			<Panel>
				<PanelRow>
					<h2 id={id} className="font-medium">
						{title}
					</h2>
				</PanelRow>
				{children}
			</Panel>
		</section>
	);
}

type Fact = [label: string, value: ReactNode];

const isActive = (status: Member["status"]) => (status === "active" ? "active" : "deactivated");

/** Names and their values, one a line. */
function Facts({ facts }: { facts: readonly Fact[] }) {
	return (
		<dl className="space-y-2.5 text-sm">
			{facts.map(([label, value]) => (
				<div key={label} className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-3">
					<dt className="text-ink-3">{label}</dt>
					<dd className="min-w-0 [overflow-wrap:anywhere]">{value}</dd>
				</div>
			))}
		</dl>
	);
}

/** Name, email and what is known of the record; a form for whoever may change it. */
export async function ProfileSide({
	slug,
	member,
	source,
	edit,
	own,
	locked,
}: {
	slug: string;
	member: Member;
	/** How the member was added, in words. */
	source: string;
	edit: boolean;
	own: boolean;
	locked: string | null;
}) {
	const t = await getTranslations("member.profile");
	const { name, email, status, emailProof, createdAt, lastSignInAt } = member;
	const editable = edit && !locked;
	const facts: Fact[] = [
		[t("status"), <StateBadge key="status" plain state={isActive(status)} />],
		[t("source"), source],
		[t("since"), <Time key="since" at={createdAt} as="day" />],
		[t("seen"), lastSignInAt ? <Time key="seen" at={lastSignInAt} /> : t("never")],
		[t("proof"), emailProof ? t(`proofs.${emailProof}`) : t("unproved")],
	];
	if (!editable) facts.unshift([t("name"), name || "–"], [t("email"), email ?? "–"]);
	return (
		<Side id="profile" title={t("title")}>
			{editable ? (
				<PanelBody>
					<ProfileForm
						action={editMemberAction.bind(null, slug, member.id)}
						values={{ name, email: email ?? "" }}
						own={own}
					/>
				</PanelBody>
			) : null}
			<PanelBody>
				<Facts facts={facts} />
			</PanelBody>
			{locked && edit ? (
				<PanelFoot>
					<Lock className="size-[15px] shrink-0 stroke-[1.6] text-ink-3" aria-hidden />
					<span className="min-w-0 flex-1">{locked}</span>
				</PanelFoot>
			) : null}
		</Side>
	);
}

/** What the directory says of the member. */
export async function DirectorySide({ entry }: { entry: DirectoryUser }) {
	const t = await getTranslations("member.directory");
	return (
		<Side id="from-directory" title={t("title")}>
			<PanelBody>
				<Facts
					facts={[
						[
							t("state"),
							entry.active ? (
								<StateBadge key="state" plain state="active" />
							) : (
								<StateBadge key="state" plain state="deactivated" />
							),
						],
						[t("userName"), <code key="name">{entry.userName}</code>],
						[
							t("externalId"),
							entry.externalId ? <code key="id">{entry.externalId}</code> : t("none"),
						],
						[t("firstSeen"), <Time key="first" at={entry.createdAt} as="day" />],
						[t("lastChange"), <Time key="last" at={entry.lastModifiedAt} />],
					]}
				/>
			</PanelBody>
		</Side>
	);
}

/** The workspace groups held, and every source of each. */
export async function GroupsSide({ groups, names }: { groups: Access["groups"]; names: Names }) {
	const t = await getTranslations("member.groups");
	return (
		<Side id="groups" title={t("title")}>
			{groups.length === 0 ? (
				<PanelRow className="text-sm text-ink-2">
					{t("none", { workspace: names.workspace })}
				</PanelRow>
			) : (
				<PanelBody>
					<ul className="space-y-2 text-sm">
						{groups.map((group) => (
							<li key={group.id} className="flex justify-between gap-3">
								<span className="min-w-0 [overflow-wrap:anywhere]">{group.name}</span>
								<span className="min-w-0 text-right text-ink-2 [overflow-wrap:anywhere]">
									{group.sources
										.map((source) => (source.kind === "hand" ? t("byHand") : source.name))
										.join(", ")}
								</span>
							</li>
						))}
					</ul>
				</PanelBody>
			)}
		</Side>
	);
}

/** The member's API keys that work, each to be revoked. */
export async function KeysSide({ slug, keys }: { slug: string; keys: readonly ApiKey[] }) {
	const t = await getTranslations("member.keys");
	return (
		<Side id="keys" title={t("title")}>
			<MemberKeys
				rows={keys.map(({ id, name, prefix, lastUsedAt }) => ({ id, name, prefix, lastUsedAt }))}
				revoke={revokeApiKeyAction.bind(null, slug)}
			/>
		</Side>
	);
}
