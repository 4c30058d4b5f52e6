import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { SimulatorForm } from "@/components/simulator/simulator-form";
import { Band } from "@/components/ui/band";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel, PanelBody } from "@/components/ui/panel";
import { database } from "@/db/client";
import { simulate, simulatedWays } from "@/lib/impact/simulate";
import { loadGroups } from "@/lib/members/access";
import { isId } from "@/lib/platform/ids";
import { profiles } from "@/lib/policy/profiles";
import { listConnections } from "@/lib/sso/connections";
import { profileNames, type SimulatorQuery, simulatorQuery, supposable } from "./query";
import { Result } from "./result";

export async function generateMetadata() {
	const t = await getTranslations("simulator");
	return { title: t("title") };
}

/** How somebody would get in, with today's rules or others. Nothing is written. */
export default async function SimulatorPage({
	params,
	searchParams,
}: PageProps<"/w/[workspace]/simulator">) {
	const { workspace: slug } = await params;
	const path = `/w/${slug}/simulator`;
	const session = await requireMember(slug, path);
	const t = await getTranslations("simulator");
	// It tells what the page of SSO and the page of a member tell.
	if (!can(session, "sso.manage") || !can(session, "members.read"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const query = simulatorQuery(await searchParams);
	return (
		<Messages of={["simulator"]}>
			<PageHeader title={t("title")} standing={[t("standing")]} />
			<Band tone="note" title={t("nothing")} />
			<div className="mt-6 grid items-start gap-6 lg:grid-cols-[300px_minmax(0,1fr)]">
				<section aria-label={t("form")}>
					<Panel>
						<PanelBody>
							<SimulatorForm
								action={path}
								values={valuesOf(query)}
								choices={await choicesIn(session.workspace.id)}
							/>
						</PanelBody>
					</Panel>
				</section>
				<div className="min-w-0 space-y-6" aria-live="polite">
					{query.who ? (
						<Result
							workspace={session.workspace}
							typed={query.who}
							simulation={
								await simulate(
									await database(),
									session.workspace,
									isId(query.who) ? { memberId: query.who } : { email: query.who },
									query.way,
									query.rules && profiles[query.rules].policy,
									query.supposed,
									new Date(),
								)
							}
							way={query.way}
						/>
					) : (
						<Panel>
							<EmptyState title={t("empty")}>{t("emptyBody")}</EmptyState>
						</Panel>
					)}
				</div>
			</div>
		</Messages>
	);
}

function valuesOf({ who, way, rules, supposed }: SimulatorQuery) {
	return {
		who,
		way,
		rules: rules ?? "",
		active: supposed.active,
		directory: supposed.directory,
		verified: supposed.emailVerified,
		group: supposed.group ?? "",
	};
}

async function choicesIn(workspaceId: string) {
	const t = await getTranslations("simulator");
	const names = await getTranslations("profiles");
	const db = await database();
	const connections = await listConnections(db, workspaceId);
	const connection = connections.find(({ status }) => status === "active") ?? connections[0];
	const provider = connection?.name ?? t("provider");
	const groups = await loadGroups(db, workspaceId);
	const each = (values: readonly string[], label: (value: string) => string) =>
		values.map((value) => ({ value, label: label(value) }));
	return {
		way: each(simulatedWays, (value) => t(`ways.${value}`, { provider })),
		rules: [
			{ value: "", label: t("today") },
			...each(profileNames, (value) => names(`${value}.name`)),
		],
		active: each(supposable.active, (value) => t(`actives.${value}`)),
		directory: each(supposable.directory, (value) => t(`directories.${value}`)),
		verified: each(supposable.verified, (value) => t(`verifieds.${value}`)),
		group: [
			{ value: "", label: t("noGroup") },
			...groups.map(({ id, name }) => ({ value: id, label: name })),
		],
	};
}
