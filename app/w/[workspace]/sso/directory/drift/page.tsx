import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { DriftAct } from "@/components/directory/drift-act";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel, PanelFoot } from "@/components/ui/panel";
import { Table } from "@/components/ui/table";
import { database } from "@/db/client";
import { type Drift, listDrift } from "@/lib/impact/drift";
import {
	type DriftAct as DriftActName,
	endDriftAction,
	previewDriftAction,
} from "../drift-actions";
import { providerName } from "../provider";

export async function generateMetadata() {
	const t = await getTranslations("drift");
	return { title: t("title") };
}

const mostShown = 200;

/** Person by person: what the directory says, what is in effect, and why they differ. */
export default async function DriftPage({
	params,
}: PageProps<"/w/[workspace]/sso/directory/drift">) {
	const { workspace: slug } = await params;
	const home = `/w/${slug}/sso`;
	const session = await requireMember(slug, `${home}/directory/drift`);
	const t = await getTranslations("drift");
	if (!can(session, "directory.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const { workspace } = session;
	// One more than shown tells that there are more.
	const found = await listDrift(await database(), workspace.id, mostShown + 1);
	const rows = found.slice(0, mostShown);
	const more = found.length > mostShown;
	const provider = await providerName(workspace.id);
	const whereTo = ({ why, holdId, memberId }: Drift) => {
		if (holdId) return { href: `${home}/directory/holds`, label: t("decide") };
		if (ofPolicy(why)) return { href: `${home}#policy`, label: t("policy") };
		return memberId ? { href: `/w/${slug}/members/${memberId}`, label: t("member") } : null;
	};
	const acts = can(session, "members.manage");
	const words = (row: Drift) => ({
		says: t(`about.${row.about}`, { value: row.says || t("none") }),
		inEffect: t(`effect.${row.about}`, { value: row.inEffect ?? t("none") }),
	});
	const buttonOf = (row: Drift) => {
		const act = acts ? actOf(row) : null;
		if (!act || row.memberId === null) return null;
		const { says, inEffect } = words(row);
		const what = act === "pin" ? "pin" : "apply";
		return (
			<DriftAct
				act={{ what, name: row.name, from: inEffect, to: says }}
				word={slug}
				preview={previewDriftAction.bind(null, slug, row.memberId, act)}
				run={endDriftAction.bind(null, slug, row.memberId, act)}
			/>
		);
	};
	return (
		<Messages of={["drift", "impact"]}>
			<PageHeader
				title={t("title")}
				back={{ href: `${home}#directory`, label: t("back") }}
				standing={[t(more ? "standingMany" : "standing", { count: rows.length, provider }), "."]}
			/>
			<Panel>
				{rows.length === 0 ? (
					<EmptyState title={t("empty.title")}>{t("empty.body")}</EmptyState>
				) : (
					<Table
						caption={t("title")}
						columns={[
							{ label: t("person"), className: "w-1/4" },
							{ label: t("says") },
							{ label: t("inEffect") },
							{ label: t("why") },
							{ label: t("actions"), hideLabel: true },
						]}
						rows={rows.map((row, index) => {
							const to = whereTo(row);
							return {
								key: `${row.memberId ?? index} ${row.about}`,
								cells: [
									<span key="name" className="[overflow-wrap:anywhere]">
										{row.name}
									</span>,
									words(row).says,
									words(row).inEffect,
									t(`reasons.${row.why}`),
									<span key="acts" className="flex flex-wrap gap-1 md:justify-end">
										{buttonOf(row)}
										{to ? (
											<ButtonLink
												variant="quiet"
												size="sm"
												href={to.href}
												aria-label={`${to.label}: ${row.name}`}
											>
												{to.label}
											</ButtonLink>
										) : null}
									</span>,
								],
							};
						})}
					/>
				)}
				{more ? <PanelFoot>{t("more", { count: mostShown })}</PanelFoot> : null}
			</Panel>
		</Messages>
	);
}

const ofPolicy = (why: Drift["why"]) => why === "cap" || why === "policy" || why === "unknownRole";

/** Whoever has not accepted yet is let in by accepting, and by no admin. */
const waits: Drift["why"][] = ["invitation", "noAddress", "noRole"];

/** What ends a difference: the directory's word applied, or what is in effect pinned. */
function actOf({ about, why, holdId, inEffect }: Drift): DriftActName | null {
	if (holdId || about === "member" || waits.includes(why)) return null;
	if (about !== "role") return about;
	if (why === "pin") return "role";
	return ofPolicy(why) && inEffect !== null ? "pin" : null;
}
