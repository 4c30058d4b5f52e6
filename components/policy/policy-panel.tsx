"use client";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { ActionBar } from "@/components/ui/action-bar";
import { Band } from "@/components/ui/band";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Panel, PanelFoot, PanelHead } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { Select, type SelectOption } from "@/components/ui/select";
import { SettingRow, settingIds } from "@/components/ui/setting-row";
import { Switch } from "@/components/ui/switch";
import { Table } from "@/components/ui/table";
import { TextField } from "@/components/ui/text-field";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";
import type { Policy } from "@/lib/policy/document";

/** The rules this page sets. */
export type PolicyEdits = Partial<
	Pick<Policy, "autoProvision" | "requireProvisioning" | "rolesFrom" | "defaultRole">
>;
type Field = keyof PolicyEdits;
type Preview = {
	ok: true;
	people: number;
	changes: { id: string; name: string; before: string | null; after: string | null }[];
};

export type PolicyView = {
	revision: number;
	savedBy: string;
	savedAt: Date;
	values: Required<PolicyEdits>;
	/** For each field and value that cannot be chosen, why. */
	unavailable: Partial<Record<Field, { value: string; why: string }[]>>;
	roles: { key: string; name: string }[];
	provider: string;
};

/**
 * The sign-in policy. Edits stay in the page until they are applied, and applying always shows
 * first whom it touches.
 */
export function PolicyPanel({
	policy,
	preview,
	save,
}: {
	policy: PolicyView;
	preview: (edits: PolicyEdits) => Promise<Preview | RefusalView>;
	save: (base: number, edits: PolicyEdits, reason: string) => Promise<{ ok: true } | RefusalView>;
}) {
	const t = useTranslations("policy");
	const toast = useToast();
	const [edits, setEdits] = useState<PolicyEdits>({});
	const [shown, setShown] = useState<Preview | null>(null);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [reason, setReason] = useState("");
	const [pending, start] = useTransition();
	const values = { ...policy.values, ...edits };
	const edited = Object.keys(edits).length;
	const words = { provider: policy.provider };

	const edit = <F extends Field>(field: F, value: Required<PolicyEdits>[F]) => {
		setRefusal(null);
		const { [field]: _, ...others } = edits;
		setEdits(
			value === policy.values[field] ? (others as PolicyEdits) : { ...edits, [field]: value },
		);
	};
	const look = () =>
		start(async () => {
			const answer = await preview(edits);
			if (answer.ok) setShown(answer);
			setRefusal(answer.ok ? null : answer);
		});
	const apply = () =>
		start(async () => {
			const done = await save(policy.revision, edits, reason);
			if (!done.ok) {
				setRefusal(done);
				return;
			}
			toast(t("applied", { count: shown?.changes.length ?? 0 }));
			setShown(null);
			setEdits({});
			setReason("");
			setRefusal(null);
		});

	const whyNot = (field: Field, value: string) =>
		policy.unavailable[field]?.find((row) => row.value === value || row.value === "any")?.why;
	const row = (field: Field) => {
		const ids = settingIds(`policy-${field}`);
		return {
			ids,
			common: {
				id: `policy-${field}`,
				name: t(`fields.${field}.name`, words),
				sentence: t(`fields.${field}.sentence`, words),
				edited: field in edits,
			},
			labelled: { "aria-labelledby": ids.name, "aria-describedby": ids.sentence },
		};
	};
	const toggle = (field: "autoProvision" | "requireProvisioning") => {
		const { ids, common, labelled } = row(field);
		// What is on can always be turned off.
		const why = values[field] === "off" ? whyNot(field, "on") : undefined;
		return (
			<SettingRow
				{...common}
				reason={why}
				control={
					<Switch
						{...labelled}
						checked={values[field] === "on"}
						unavailable={why && ids.reason}
						onChange={(event) => edit(field, event.target.checked ? "on" : "off")}
					/>
				}
			/>
		);
	};
	const rolesFrom = row("rolesFrom");
	const defaultRole = row("defaultRole");
	const sources: SelectOption[] = (["groups", "attribute", "workspace"] as const).map((value) => ({
		value,
		label: t(`fields.rolesFrom.values.${value}`, words),
		disabled: value !== values.rolesFrom && Boolean(whyNot("rolesFrom", value)),
	}));
	const roles: SelectOption[] = [
		...policy.roles.map(({ key, name }) => ({ value: key, label: name })),
		{ value: "", label: t("fields.defaultRole.none") },
	];
	return (
		<Section id="policy" title={t("title")} description={t("description")}>
			<Panel>
				<PanelHead>{t("who")}</PanelHead>
				{toggle("requireProvisioning")}
				{toggle("autoProvision")}
				<PanelHead>{t("what")}</PanelHead>
				<SettingRow
					{...rolesFrom.common}
					control={
						<Select
							{...rolesFrom.labelled}
							options={sources}
							value={values.rolesFrom}
							onChange={(event) => edit("rolesFrom", event.target.value as Policy["rolesFrom"])}
						/>
					}
				/>
				<SettingRow
					{...defaultRole.common}
					control={
						<Select
							{...defaultRole.labelled}
							options={roles}
							value={values.defaultRole ?? ""}
							onChange={(event) => edit("defaultRole", event.target.value || null)}
						/>
					}
				/>
				<PanelFoot>
					<span>
						{t.rich("revision", {
							revision: policy.revision,
							by: policy.savedBy,
							at: () => <Time at={policy.savedAt} />,
						})}
					</span>
				</PanelFoot>
			</Panel>
			{edited > 0 ? (
				<ActionBar
					actions={
						<>
							<Button variant="quiet" onClick={() => setEdits({})}>
								{t("discard")}
							</Button>
							<Button variant="ink" busy={pending} onClick={look}>
								{t("look")}
							</Button>
						</>
					}
				>
					{t("notApplied", { count: edited })}
				</ActionBar>
			) : null}
			{refusal && !shown ? (
				<div className="mt-3">
					<RefusalBand refusal={refusal} />
				</div>
			) : null}
			<Dialog
				open={shown !== null}
				onOpenChange={(open) => {
					if (!open) setShown(null);
				}}
				size="lg"
				title={t("question", { count: shown?.changes.length ?? 0, of: shown?.people ?? 0 })}
				footer={
					<>
						<Button onClick={() => setShown(null)}>{t("back")}</Button>
						<Button variant="ink" busy={pending} onClick={apply}>
							{t("apply", { count: shown?.changes.length ?? 0 })}
						</Button>
					</>
				}
			>
				<div className="space-y-5">
					{refusal ? <RefusalBand refusal={refusal} /> : null}
					{shown && shown.changes.length > 0 ? (
						<Panel>
							<Table
								caption={t("changes")}
								columns={[{ label: t("person") }, { label: t("now") }, { label: t("after") }]}
								rows={shown.changes.slice(0, 100).map(({ id, name, before, after }) => ({
									key: id,
									cells: [name, before ?? t("noAccess"), after ?? t("noAccess")],
								}))}
							/>
						</Panel>
					) : (
						<Band tone="note" title={t("nobody")} />
					)}
					<TextField
						label={t("reason")}
						aside={t("optional")}
						maxLength={200}
						value={reason}
						onChange={(event) => setReason(event.target.value)}
					/>
				</div>
			</Dialog>
		</Section>
	);
}
