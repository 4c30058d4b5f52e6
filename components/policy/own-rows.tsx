"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { SettingRow, settingIds } from "@/components/ui/setting-row";
import { Switch } from "@/components/ui/switch";
import { TextField } from "@/components/ui/text-field";
import type { Policy } from "@/lib/policy/document";
import { BoxesRow, closedBy, type RowContext, useRow, WhyText } from "./policy-row";
import { valueWords } from "./words";

/** On, off or from a day. Turning it on is a dialog of its own; turning it off is an edit. */
export function EnforceRow({ context, onEnforce }: { context: RowContext; onEnforce: () => void }) {
	const t = useTranslations("policy");
	const { ids, labelled, frame } = useRow(context, "enforceSso");
	const { policy, saved, edit } = context;
	const on = policy.enforceSso.mode !== "off";
	const closed =
		closedBy(context, "enforceSso", "any") ??
		(on ? undefined : closedBy(context, "enforceSso", "on"));
	// Codes are made inside the dialog, so lacking them alone does not close it.
	const lacks = context.unavailable.enforceSso ?? [];
	const onlyCodes = lacks.every(({ reason }) => reason === "needs_recovery_codes");
	const why = onlyCodes ? undefined : closed;
	return (
		<SettingRow
			{...frame}
			reason={why ? <WhyText why={why} /> : undefined}
			control={
				<>
					{policy.enforceSso.mode === "onFrom" ? (
						<span className="text-sm text-ink-2">
							{valueWords(t, policy, "enforceSso", context.names)}
						</span>
					) : null}
					<Switch
						{...labelled}
						checked={on}
						unavailable={why && ids.reason}
						onChange={(event) => {
							if (!event.target.checked) edit({ enforceSso: { mode: "off" } });
							else if (saved.enforceSso.mode !== "off") edit({ enforceSso: saved.enforceSso });
							else onEnforce();
						}}
					/>
				</>
			}
		/>
	);
}

export function DomainsRow({
	context,
	domains,
}: {
	context: RowContext;
	/** Those that are proved. */
	domains: readonly string[];
}) {
	const t = useTranslations("policy.fields.allowedDomains");
	const { frame } = useRow(context, "allowedDomains");
	const chosen = context.policy.allowedDomains;
	const all = [...new Set([...domains, ...chosen])];
	return (
		<BoxesRow
			frame={frame}
			why={closedBy(context, "allowedDomains", "any")}
			options={all.map((domain) => ({ value: domain, label: domain }))}
			chosen={chosen}
			onChange={(allowedDomains) => context.edit({ allowedDomains })}
		>
			{chosen.length === 0 ? <div className="text-sm text-ink-2">{t("all")}</div> : null}
		</BoxesRow>
	);
}

export function DefaultRoleRow({ context }: { context: RowContext }) {
	const t = useTranslations("policy.fields.defaultRole");
	const { ids, labelled, frame } = useRow(context, "defaultRole");
	const pinned = closedBy(context, "defaultRole", "any");
	return (
		<SettingRow
			{...frame}
			reason={pinned ? <WhyText why={pinned} /> : undefined}
			control={
				<Select
					{...labelled}
					className="w-60 max-sm:w-full"
					unavailable={pinned && ids.reason}
					options={[
						...context.names.roles.map(({ key, name }) => ({ value: key, label: name })),
						{ value: "", label: t("none") },
					]}
					value={context.policy.defaultRole ?? ""}
					onChange={(event) => context.edit({ defaultRole: event.target.value || null })}
				/>
			}
		/>
	);
}

export function AttributeRow({ context }: { context: RowContext }) {
	const t = useTranslations("policy.fields.attributeMayGrant.values");
	const { ids, labelled, frame } = useRow(context, "attributeMayGrant");
	const may = context.policy.attributeMayGrant;
	const some = typeof may !== "string";
	const pinned = closedBy(context, "attributeMayGrant", "any");
	const set = (value: string) =>
		context.edit({
			attributeMayGrant: value === "all" || value === "allButAdmin" ? value : [],
		});
	const select = (
		<Select
			{...labelled}
			className="w-60 max-sm:w-full"
			unavailable={pinned && ids.reason}
			options={(["all", "allButAdmin", "some"] as const).map((value) => ({
				value,
				label: t(value),
			}))}
			value={some ? "some" : may}
			onChange={(event) => set(event.target.value)}
		/>
	);
	if (!some)
		return (
			<SettingRow
				{...frame}
				reason={pinned ? <WhyText why={pinned} /> : undefined}
				control={select}
			/>
		);
	return (
		<BoxesRow
			frame={frame}
			why={pinned}
			options={context.names.roles.map(({ key, name }) => ({ value: key, label: name }))}
			chosen={may}
			onChange={(attributeMayGrant) => context.edit({ attributeMayGrant })}
		>
			{select}
		</BoxesRow>
	);
}

/** Finds a member of the workspace by email. */
export type FindMember = (email: string) => Promise<{ id: string; label: string } | null>;

export function ExceptionsRow({
	context,
	find,
	onFound,
}: {
	context: RowContext;
	find: FindMember;
	onFound: (member: { id: string; label: string }) => void;
}) {
	const t = useTranslations("policy.fields.managedHere");
	const { frame } = useRow(context, "managedHere");
	const [email, setEmail] = useState("");
	const [busy, setBusy] = useState(false);
	const [missing, setMissing] = useState(false);
	const ids = context.policy.managedHere;
	const pinned = closedBy(context, "managedHere", "any");
	const add = async () => {
		setBusy(true);
		const found = await find(email);
		setBusy(false);
		setMissing(!found);
		if (!found) return;
		onFound(found);
		setEmail("");
		if (!ids.includes(found.id)) context.edit({ managedHere: [...ids, found.id] });
	};
	const label = (id: string) => context.names.people[id] ?? id;
	return (
		<SettingRow
			{...frame}
			reason={pinned ? <WhyText why={pinned} /> : undefined}
			control={
				<div className="w-60 min-w-0 space-y-2 max-sm:w-full">
					{ids.length === 0 ? <div className="text-sm text-ink-2">{t("none")}</div> : null}
					{ids.map((id) => (
						<div key={id} className="flex items-center justify-between gap-2 text-sm">
							<span className="min-w-0 [overflow-wrap:anywhere]">{label(id)}</span>
							{pinned ? null : (
								<Button
									size="sm"
									variant="quiet"
									aria-label={t("remove", { name: label(id) })}
									onClick={() => context.edit({ managedHere: ids.filter((each) => each !== id) })}
								>
									{t("take")}
								</Button>
							)}
						</div>
					))}
					{pinned ? null : (
						<div className="flex items-end gap-2">
							<TextField
								type="email"
								className="grow"
								label={t("add")}
								value={email}
								error={missing ? t("missing") : undefined}
								onChange={(event) => setEmail(event.target.value)}
							/>
							<Button busy={busy} onClick={add}>
								{t("button")}
							</Button>
						</div>
					)}
				</div>
			}
		/>
	);
}

const brakeParts = ["count", "percent", "minutes"] as const;

export function BrakeRow({ context }: { context: RowContext }) {
	const t = useTranslations("policy.fields.brake");
	const { frame } = useRow(context, "brake");
	const pinned = closedBy(context, "brake", "any");
	const { brake } = context.policy;
	return (
		<SettingRow
			{...frame}
			reason={pinned ? <WhyText why={pinned} /> : undefined}
			control={
				<div className="flex gap-2">
					{brakeParts.map((part) => (
						<NumberField
							key={part}
							label={t(part)}
							value={brake[part]}
							max={part === "percent" ? 100 : 100_000}
							readOnly={Boolean(pinned)}
							onChange={(value) => context.edit({ brake: { ...brake, [part]: value } })}
						/>
					))}
				</div>
			}
		/>
	);
}

export function MinutesRow({
	field,
	context,
}: {
	field: "sessionIdle" | "sessionMax";
	context: RowContext;
}) {
	const t = useTranslations("policy");
	const { frame } = useRow(context, field);
	const pinned = closedBy(context, field, "any");
	return (
		<SettingRow
			{...frame}
			reason={pinned ? <WhyText why={pinned} /> : undefined}
			control={
				<div className="flex items-center gap-3">
					<span className="text-sm text-ink-2">
						{valueWords(t, context.policy, field, context.names)}
					</span>
					<NumberField
						label={frame.name}
						hideLabel
						value={context.policy[field]}
						max={field === "sessionIdle" ? 60 * 24 * 90 : 60 * 24 * 365}
						readOnly={Boolean(pinned)}
						onChange={(value) => context.edit({ [field]: value })}
					/>
				</div>
			}
		/>
	);
}

/** A whole number. While it is none, what was there before stays in the draft. */
function NumberField({
	label,
	hideLabel,
	value,
	max,
	readOnly,
	onChange,
}: {
	label: string;
	hideLabel?: boolean;
	value: number;
	max: number;
	readOnly: boolean;
	onChange: (value: number) => void;
}) {
	const [typed, setTyped] = useState<string | null>(null);
	return (
		<TextField
			className="w-24"
			label={hideLabel ? <span className="sr-only">{label}</span> : label}
			inputMode="numeric"
			readOnly={readOnly}
			value={typed ?? String(value)}
			onBlur={() => setTyped(null)}
			onChange={(event) => {
				setTyped(event.target.value);
				const next = Number(event.target.value);
				if (Number.isInteger(next) && next >= 1 && next <= max) onChange(next);
			}}
		/>
	);
}

/** Whether a second factor is asked, which ones may be set up, and how it goes with SSO. */
export function TwoFactorRows({ context }: { context: RowContext }) {
	const t = useTranslations("policy.fields.twoFactor");
	const { ids, labelled, frame } = useRow(context, "twoFactor");
	const { twoFactor } = context.policy;
	const change = (part: Partial<Policy["twoFactor"]>) =>
		context.edit({ twoFactor: { ...twoFactor, ...part } });
	const pinned = closedBy(context, "twoFactor", "any");
	const why =
		pinned ?? (twoFactor.required ? undefined : closedBy(context, "twoFactor", "required"));
	const withSso = settingIds("policy-twoFactor-withSso");
	return (
		<>
			<SettingRow
				{...frame}
				reason={why ? <WhyText why={why} /> : undefined}
				control={
					<Switch
						{...labelled}
						checked={twoFactor.required}
						unavailable={why && ids.reason}
						onChange={(event) => change({ required: event.target.checked })}
					/>
				}
			/>
			<BoxesRow
				frame={{
					id: "policy-twoFactor-factors",
					name: t("factors"),
					sentence: t("factorsSentence"),
					edited: frame.edited,
				}}
				why={pinned}
				options={(["app", "passkey", "mail"] as const).map((kind) => ({
					value: kind,
					label: t(`kinds.${kind}`),
				}))}
				chosen={twoFactor.factors}
				onChange={(next) => {
					const factors = (["mail", "app", "passkey"] as const).filter((kind) =>
						next.includes(kind),
					);
					// One at least: else nobody could have a second factor at all.
					if (factors.length > 0) change({ factors });
				}}
			/>
			<SettingRow
				id="policy-twoFactor-withSso"
				name={t("withSso")}
				sentence={t("withSsoSentence")}
				edited={frame.edited}
				control={
					<Select
						aria-labelledby={withSso.name}
						aria-describedby={withSso.sentence}
						className="w-60 max-sm:w-full"
						unavailable={pinned && ids.reason}
						options={(["idp", "conflict"] as const).map((value) => ({
							value,
							label: t(`withSsoValues.${value}`),
						}))}
						value={twoFactor.withSso}
						onChange={(event) =>
							change({ withSso: event.target.value as Policy["twoFactor"]["withSso"] })
						}
					/>
				}
			/>
		</>
	);
}
