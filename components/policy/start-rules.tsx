"use client";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Panel, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { Tag } from "@/components/ui/tag";
import { useToast } from "@/components/ui/toast";
import { sameValue, unavailable } from "@/lib/policy/change";
import { type Policy, type PolicyField, policyFields } from "@/lib/policy/document";
import { type ProfileName, profiles } from "@/lib/policy/profiles";
import { closestProfile, startingChanges } from "@/lib/policy/start";
import { ChangeDialog, type PolicyPreview } from "./change-dialog";
import type { PolicyActions, PolicyView } from "./policy-panel";
import { fieldName, valueWords } from "./words";

/** In the order of how much they change for people. */
const order: readonly ProfileName[] = ["assist", "customer", "observity", "push", "intelligence"];

type Chosen = { name: ProfileName; edits: Partial<Policy>; kept: PolicyField[] };

/** Five profiles to start from, and a table of all their rules. */
export function StartRules({
	policy,
	preview,
	apply,
}: {
	policy: PolicyView;
	preview: PolicyActions["preview"];
	apply: PolicyActions["apply"];
}) {
	const t = useTranslations("policy");
	const names = useTranslations("profiles");
	const toast = useToast();
	const [chosen, setChosen] = useState<Chosen | null>(null);
	const [shown, setShown] = useState<PolicyPreview | null>(null);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [pending, start] = useTransition();
	const current = closestProfile(policy.document);
	const choose = (name: ProfileName) =>
		start(async () => {
			const picked = pick(policy, name);
			setChosen(picked);
			const answer = await preview(picked.edits, name);
			setShown(answer.ok ? answer : null);
			setRefusal(answer.ok ? null : answer);
		});
	const use = (reason: string) =>
		start(async () => {
			if (!chosen) return;
			const done = await apply(policy.revision, chosen.edits, reason, chosen.name);
			setRefusal(done.ok ? null : done);
			if (!done.ok) return;
			setShown(null);
			toast(t("dialog.applied"));
		});
	return (
		<div className="mt-8 space-y-12">
			<Panel>
				{order.map((name) => (
					<PanelRow key={name} className="flex flex-wrap items-center justify-between gap-4">
						<div className="min-w-0 flex-1 basis-72">
							<div className="flex flex-wrap items-center gap-2 font-medium">
								{names(`${name}.name`)}
								{name === current ? <Tag>{t("start.current")}</Tag> : null}
							</div>
							<div className="text-sm text-ink-2">{names(`${name}.sentence`)}</div>
						</div>
						<Button
							busy={pending && chosen?.name === name}
							aria-label={`${t("start.use")}: ${names(`${name}.name`)}`}
							onClick={() => choose(name)}
						>
							{t("start.use")}
						</Button>
					</PanelRow>
				))}
			</Panel>
			{refusal && !shown ? <RefusalBand refusal={refusal} /> : null}
			<Section id="compare" title={t("start.compare")}>
				<Panel>
					<section
						aria-label={t("start.caption")}
						// biome-ignore lint/a11y/noNoninteractiveTabindex: five profiles scroll, by keys too
						tabIndex={0}
						className="overflow-x-auto"
					>
						<table className="w-full min-w-[64rem] border-collapse text-left text-sm">
							<caption className="sr-only">{t("start.caption")}</caption>
							<thead>
								<tr className="text-xs text-ink-3">
									<th scope="col" className="sticky left-0 bg-paper px-5 py-2.5 font-normal">
										{t("start.rule")}
									</th>
									<th scope="col" className="px-3 py-2.5 font-normal">
										{t("start.yours")}
									</th>
									{order.map((name) => (
										<th key={name} scope="col" className="px-3 py-2.5 font-normal">
											{names(`${name}.name`)}
										</th>
									))}
								</tr>
							</thead>
							<tbody>
								{compared.map((field) => (
									<tr key={field} className="border-t border-line align-top">
										<th scope="row" className="sticky left-0 bg-paper px-5 py-2 font-medium">
											{fieldName(t, field, policy.names)}
										</th>
										<td className="px-3 py-2">
											{valueWords(t, policy.document, field, policy.names)}
										</td>
										{order.map((name) => {
											const rules = profiles[name].policy;
											const same = sameValue(field, policy.document, rules);
											return (
												<td key={name} className={`px-3 py-2 ${same ? "text-ink-3" : "text-ink"}`}>
													{valueWords(t, rules, field, policy.names)}
												</td>
											);
										})}
									</tr>
								))}
							</tbody>
						</table>
					</section>
				</Panel>
			</Section>
			<ChangeDialog
				shown={shown}
				{...(chosen ? { title: names(`${chosen.name}.name`), kept: chosen.kept } : {})}
				word={policy.slug}
				names={policy.names}
				before={policy.document}
				after={{ ...policy.document, ...chosen?.edits }}
				busy={pending}
				refusal={refusal}
				onApply={use}
				onClose={() => setShown(null)}
			/>
		</div>
	);
}

/** What belongs to one workspace alone is no rule to compare. */
const compared = [...policyFields, "pinned" as const].filter(
	(field) => !["mappings", "managedHere", "allowedDomains", "brake"].includes(field),
);

/**
 * What taking these rules would change now. Where something is turned on already, values that are
 * not available at present are left as they are, and named.
 */
function pick({ document, facts }: PolicyView, name: ProfileName): Chosen {
	const edits = startingChanges(document, name);
	const live = facts.connection?.active === true || facts.directoryOn;
	if (!live) return { name, edits, kept: [] };
	const after = { ...document, ...edits };
	const closed = unavailable({ ...after, pinned: [] }, facts);
	const kept = (Object.keys(edits) as PolicyField[]).filter((field) =>
		closed[field]?.some(({ value }) =>
			field === "enforceSso"
				? after.enforceSso.mode !== "off"
				: field === "twoFactor"
					? after.twoFactor.required && !document.twoFactor.required
					: value === after[field],
		),
	);
	return {
		name,
		edits: Object.fromEntries(
			Object.entries(edits).filter(([field]) => !kept.includes(field as PolicyField)),
		),
		kept,
	};
}
