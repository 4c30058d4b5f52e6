import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { Messages } from "@/components/messages";
import { Differences } from "@/components/policy/differences";
import { RollBack } from "@/components/policy/roll-back";
import { fieldName } from "@/components/policy/words";
import { PageHeader } from "@/components/shell/page-header";
import { Band } from "@/components/ui/band";
import { ButtonLink } from "@/components/ui/button";
import { Panel, PanelFoot } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { database } from "@/db/client";
import { differences } from "@/lib/policy/change";
import { currentPolicy, listRevisions, policyRevision } from "@/lib/workspaces/policy";
import { applyPolicyAction, previewPolicyAction } from "../policy-actions";
import { policyNames } from "../policy-view";

const perPage = 30;

export async function generateMetadata() {
	const t = await getTranslations("policy.revisions");
	return { title: t("title") };
}

const numberOf = (text: string | string[] | undefined) =>
	typeof text === "string" && /^\d{1,9}$/.test(text) ? Number(text) : null;

/** The revisions of the sign-in policy: who, when, why, what differs, and the way back. */
export default async function HistoryPage({
	params,
	searchParams,
}: PageProps<"/w/[workspace]/sso/history">) {
	const { workspace: slug } = await params;
	const query = await searchParams;
	const home = `/w/${slug}/sso`;
	const path = `${home}/history`;
	const session = await requireMember(slug, path, { recovery: true });
	const t = await getTranslations("policy");
	if (!can(session, "policy.manage"))
		return (
			<NoAccessPage session={session} page={t("revisions.title")} what={t("revisions.what")} />
		);
	const { workspace } = session;
	const db = await database();
	const before = numberOf(query.before);
	// One more than shown: what changed is the difference to the one before.
	const found = await listRevisions(db, workspace.id, { limit: perPage + 1, before });
	const rows = found.slice(0, perPage);
	const current = await currentPolicy(db, workspace.id);
	const [from, to] = await Promise.all(
		[numberOf(query.from), numberOf(query.to)].map((revision) =>
			revision === null ? null : policyRevision(db, workspace.id, revision),
		),
	);
	const names = await policyNames(workspace.id, [
		...found.map(({ document }) => document),
		...(from ? [from.document] : []),
		...(to ? [to.document] : []),
		current.document,
	]);
	const oldest = rows.at(-1)?.revision ?? 1;
	return (
		<Messages of={["policy", "impact"]}>
			<PageHeader
				title={t("revisions.title")}
				standing={[t("revisions.standing", { workspace: workspace.name })]}
				actions={<ButtonLink href={`${home}#policy`}>{t("revisions.back")}</ButtonLink>}
			/>
			<div className="mt-8 space-y-10">
				{from && to ? (
					<Section
						id="difference"
						title={t("revisions.diff", { from: from.revision, to: to.revision })}
						actions={
							from.revision === current.revision ? null : (
								<RollBack
									slug={slug}
									base={current.revision}
									revision={from.revision}
									current={current.document}
									target={from.document}
									names={names}
									preview={previewPolicyAction.bind(null, slug)}
									apply={applyPolicyAction.bind(null, slug)}
								/>
							)
						}
					>
						{differences(from.document, to.document).length > 0 ? (
							<Differences before={from.document} after={to.document} names={names} />
						) : (
							<Band tone="note" title={t("revisions.same")} />
						)}
					</Section>
				) : null}
				<Section id="revisions" title={t("revisions.caption")}>
					<Panel>
						<Table
							caption={t("revisions.caption")}
							columns={[
								{ label: t("revisions.revision") },
								{ label: t("revisions.who") },
								{ label: t("revisions.when") },
								{ label: t("revisions.changed"), className: "w-1/3" },
								{ label: t("revisions.why") },
								{ label: t("revisions.compare"), hideLabel: true },
							]}
							rows={rows.map((row, index) => {
								const older = found[index + 1];
								const changed = older
									? differences(older.document, row.document)
											.map(({ field }) => fieldName(t, field, names))
											.join(", ")
									: t("revisions.first");
								return {
									key: String(row.revision),
									cells: [
										<span key="revision">
											{row.revision}
											{row.revision === current.revision ? (
												<span className="block text-sm font-normal text-ink-3">
													{t("revisions.now")}
												</span>
											) : null}
										</span>,
										row.savedBy,
										<Time key="when" at={row.savedAt} />,
										changed,
										row.reason ?? t("revisions.none"),
										<ButtonLink
											key="compare"
											size="sm"
											aria-label={t("revisions.compareWith", { revision: row.revision })}
											href={
												row.revision === current.revision
													? `${path}?from=${older?.revision ?? row.revision}&to=${row.revision}#difference`
													: `${path}?from=${row.revision}&to=${current.revision}#difference`
											}
										>
											{t("revisions.compare")}
										</ButtonLink>,
									],
								};
							})}
						/>
						{oldest > 1 ? (
							<PanelFoot>
								<ButtonLink size="sm" href={`${path}?before=${oldest}`}>
									{t("revisions.older")}
								</ButtonLink>
							</PanelFoot>
						) : null}
					</Panel>
				</Section>
			</div>
		</Messages>
	);
}
