"use client";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { Select, type SelectOption } from "@/components/ui/select";
import { SettingRow, settingIds } from "@/components/ui/setting-row";
import { Switch } from "@/components/ui/switch";
import type { Unavailable } from "@/lib/policy/change";
import type { Policy, PolicyField } from "@/lib/policy/document";
import type { Reason } from "@/lib/policy/reasons";
import type { PolicyRowSpec } from "./fields";
import { fieldName, type PolicyNames, textKey } from "./words";

/** Why a value cannot be chosen at present, and where that is changed. */
export type Why = { text: string; href?: string; label?: string };

export type RowContext = {
	policy: Policy;
	/** The rule as it is in force. */
	saved: Policy;
	names: PolicyNames;
	unavailable: Partial<Record<PolicyField, Unavailable[]>>;
	whys: Partial<Record<Reason, Why>>;
	edit: (changes: Partial<Policy>) => void;
	isEdited: (field: PolicyField) => boolean;
};

/** Why a field, or one of its values, is closed. */
export function closedBy(
	{ unavailable, whys }: RowContext,
	field: PolicyField,
	value: string,
): Why | undefined {
	const row = unavailable[field]?.find((each) => each.value === value || each.value === "any");
	return row && (whys[row.reason] ?? { text: row.reason });
}

export function WhyText({ why }: { why: Why }) {
	return (
		<>
			{why.text}{" "}
			{why.href && why.label ? (
				<a href={why.href} className="link font-medium">
					{why.label}
				</a>
			) : null}
		</>
	);
}

/** The frame of a row: its name, its sentence, and what its control is described by. */
export function useRow(context: RowContext, field: PolicyField) {
	const t = useTranslations("policy");
	const id = `policy-${field}`;
	const ids = settingIds(id);
	return {
		ids,
		labelled: { "aria-labelledby": ids.name, "aria-describedby": ids.sentence },
		frame: {
			id,
			name: fieldName(t, field, context.names),
			sentence: t(`fields.${field}.sentence`, { provider: context.names.provider }),
			edited: context.isEdited(field),
		},
	};
}

/** A row whose control is a switch, a choice of one, or a choice of several. */
export function PlainRow({
	spec,
	context,
}: {
	spec: Exclude<PolicyRowSpec, { kind: "own" }>;
	context: RowContext;
}) {
	switch (spec.kind) {
		case "switch":
			return <SwitchRow spec={spec} context={context} />;
		case "select":
			return <SelectRow spec={spec} context={context} />;
		case "set":
			return <SetRow spec={spec} context={context} />;
	}
}

function SwitchRow({
	spec: { field, off, on },
	context,
}: {
	spec: Extract<PolicyRowSpec, { kind: "switch" }>;
	context: RowContext;
}) {
	const { ids, labelled, frame } = useRow(context, field);
	const checked = context.policy[field] === on;
	// What is on can be turned off, unless the field is closed as a whole.
	const pinned = closedBy(context, field, "any");
	const why = pinned ?? closedBy(context, field, checked ? off : on);
	return (
		<SettingRow
			{...frame}
			reason={why ? <WhyText why={why} /> : undefined}
			control={
				<Switch
					{...labelled}
					checked={checked}
					unavailable={why && ids.reason}
					onChange={(event) => context.edit({ [field]: event.target.checked ? on : off })}
				/>
			}
		/>
	);
}

function SelectRow({
	spec: { field, values },
	context,
}: {
	spec: Extract<PolicyRowSpec, { kind: "select" }>;
	context: RowContext;
}) {
	const t = useTranslations("policy");
	const { ids, labelled, frame } = useRow(context, field);
	const present = context.policy[field];
	const label = (value: string) =>
		t(`fields.${field}.values.${value}` as "fields.google.values.off", {
			provider: context.names.provider,
		});
	const pinned = closedBy(context, field, "any");
	const closed = values.flatMap((value) => {
		const why = value === present ? undefined : closedBy(context, field, value);
		return why ? [{ value, why }] : [];
	});
	const options: SelectOption[] = values.map((value) => ({
		value,
		label: label(value),
		disabled: closed.some((each) => each.value === value),
	}));
	const reason = pinned ? (
		<WhyText why={pinned} />
	) : closed.length > 0 ? (
		closed.map(({ value, why }) => (
			<span key={value} className="block">
				{label(value)}: <WhyText why={why} />
			</span>
		))
	) : undefined;
	return (
		<SettingRow
			{...frame}
			reason={reason}
			control={
				<Select
					aria-labelledby={labelled["aria-labelledby"]}
					aria-describedby={reason ? `${ids.sentence} ${ids.reason}` : ids.sentence}
					className="w-60 max-sm:w-full"
					unavailable={pinned && ids.reason}
					options={options}
					value={String(present)}
					onChange={(event) => context.edit({ [field]: event.target.value })}
				/>
			}
		/>
	);
}

function SetRow({
	spec: { field, values },
	context,
}: {
	spec: Extract<PolicyRowSpec, { kind: "set" }>;
	context: RowContext;
}) {
	const t = useTranslations("policy");
	const { frame } = useRow(context, field);
	const chosen: readonly string[] = context.policy[field];
	return (
		<BoxesRow
			frame={frame}
			why={closedBy(context, field, "any")}
			options={values.map((value) => ({
				value,
				label: t(`fields.${field}.values.${textKey(value)}` as "fields.google.values.off"),
			}))}
			chosen={chosen}
			onChange={(next) => context.edit({ [field]: values.filter((each) => next.includes(each)) })}
		/>
	);
}

/** A row of boxes to tick. */
export function BoxesRow({
	frame,
	why,
	options,
	chosen,
	onChange,
	children,
}: {
	frame: ReturnType<typeof useRow>["frame"];
	why: Why | undefined;
	options: readonly { value: string; label: string }[];
	chosen: readonly string[];
	onChange: (chosen: string[]) => void;
	/** Stands before the boxes. */
	children?: ReactNode;
}) {
	const ids = settingIds(frame.id);
	return (
		<SettingRow
			{...frame}
			reason={why ? <WhyText why={why} /> : undefined}
			control={
				<fieldset
					aria-labelledby={ids.name}
					aria-describedby={why ? ids.reason : ids.sentence}
					className="w-60 min-w-0 space-y-1.5 max-sm:w-full"
				>
					{children}
					{options.map(({ value, label }) => (
						<Checkbox
							key={value}
							label={label}
							checked={chosen.includes(value)}
							aria-disabled={why ? true : undefined}
							onChange={(event) => {
								if (why) return;
								onChange(
									event.target.checked
										? [...chosen, value]
										: chosen.filter((each) => each !== value),
								);
							}}
						/>
					))}
				</fieldset>
			}
		/>
	);
}
