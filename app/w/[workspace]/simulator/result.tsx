import { getTranslations } from "next-intl/server";
import { WhyTree } from "@/components/members/why-tree";
import { Band } from "@/components/ui/band";
import { Line } from "@/components/ui/line";
import { Panel, PanelBody, PanelFoot } from "@/components/ui/panel";
import { database } from "@/db/client";
import type { SimulatedWay, Simulation } from "@/lib/impact/simulate";
import { loadRoles } from "@/lib/members/access";
import { labelOf } from "@/lib/members/members";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { stations } from "../members/[id]/come-panel";
import { candidatesOf } from "../members/[id]/why-panel";
import { type Names, reasonTexts, roleName, rolesComeFrom } from "../members/[id]/words";

/** What would become of it: the verdict, each check, the role, and how long they would stay. */
export async function Result({
	workspace,
	typed,
	simulation,
	way,
}: {
	workspace: Workspace;
	typed: string;
	simulation: Simulation;
	way: SimulatedWay;
}) {
	const t = await getTranslations("simulator");
	const { member, admission, access, policy } = simulation;
	const roles = await loadRoles(await database(), workspace.id);
	const provider = simulation.provider ?? t("provider");
	const name = member ? labelOf(member) : typed;
	const names: Names = {
		workspace: workspace.name,
		provider,
		roles: new Map(roles.map((role) => [role.key, role.name])),
		name,
		first: name,
		email: member?.email ?? typed,
	};
	if (!admission)
		return (
			<Band tone="note" title={t("unconnected")}>
				{t("unconnectedBody")}
			</Band>
		);
	const refused = admission.outcome === "refuse" ? admission : null;
	const texts = refused ? await reasonTexts(names, refused.reason, refused) : null;
	const why = { access, without: null };
	return (
		<>
			<Panel tone={refused ? "stop" : "pass"}>
				<Band
					tone={refused ? "stop" : "pass"}
					title={t(`verdict.${admission.outcome}`, { name, provider })}
					verdict
					inset
				>
					{texts ? (
						<>
							<p>{texts.why}</p>
							<p>{texts.fix}</p>
						</>
					) : null}
					{member ? null : <p>{t("stranger", { workspace: workspace.name })}</p>}
				</Band>
				<PanelBody>
					<Line label={t("checks")}>{await stations(admission, names)}</Line>
				</PanelBody>
				{way === "password" || way === "google" ? <PanelFoot>{t("secret")}</PanelFoot> : null}
			</Panel>
			<section aria-labelledby="role-title">
				<Panel>
					<PanelBody>
						<h2 id="role-title" className="font-serif text-head font-semibold">
							{t("roleTitle")}
						</h2>
						<p className="text-sm text-ink-2">{t(refused ? "roleRefused" : "roleLead")}</p>
					</PanelBody>
					<PanelBody className="pt-4">
						<WhyTree
							label={t("roleTitle")}
							heading={t("role")}
							role={
								access.role === null
									? (await getTranslations("member.why"))("none")
									: roleName(names, access.role)
							}
							candidates={
								await candidatesOf(
									why,
									names,
									await rolesComeFrom(policy, simulation.inDirectory, names),
								)
							}
						/>
					</PanelBody>
					<PanelFoot>
						<span>
							{t("session")}:{" "}
							{t("sessionLasts", {
								idle: await lasting(policy.sessionIdle),
								max: await lasting(policy.sessionMax),
							})}
						</span>
					</PanelFoot>
				</Panel>
			</section>
		</>
	);
}

async function lasting(minutes: number): Promise<string> {
	const t = await getTranslations("simulator");
	return minutes % 60 === 0
		? t("hours", { count: minutes / 60 })
		: t("minutes", { count: minutes });
}
