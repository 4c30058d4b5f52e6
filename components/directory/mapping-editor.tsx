"use client";
import { Users } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { ActionBar } from "@/components/ui/action-bar";
import { Button } from "@/components/ui/button";
import { Panel, PanelFoot } from "@/components/ui/panel";
import { Select } from "@/components/ui/select";
import { Table } from "@/components/ui/table";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";
import type { MappableGroup } from "@/lib/directory/mapping";
import type { Policy } from "@/lib/policy/document";
import { MappingDialog, type MappingPreview } from "./mapping-dialog";

type Mappings = Policy["mappings"];
type Mapping = Mappings[string];

export type MappingView = {
	groups: MappableGroup[];
	mappings: Mappings;
	revision: number;
	/** From high to low. */
	roles: { key: string; name: string }[];
	ownGroups: { id: string; name: string }[];
	/** The name of the role of who is in no mapped group; null: no access. */
	fallback: string | null;
	provider: string;
	workspace: string;
	slug: string;
};

export type MappingActions = {
	preview: (input: { mappings: Mappings }) => Promise<MappingPreview | RefusalView>;
	apply: (
		input: { mappings: Mappings },
		seen: { revision: number; fingerprint: string },
		reason: string,
	) => Promise<{ ok: true } | { ok: false; moved: MappingPreview } | RefusalView>;
	/** Everybody whom the preview of this fingerprint counts, as CSV. */
	file: (
		input: { mappings: Mappings },
		fingerprint: string,
	) => Promise<{ ok: true; csv: string } | RefusalView>;
};

/** The groups and what they give. Edits stay in the page until they are previewed and applied. */
export function MappingEditor({ view, actions }: { view: MappingView; actions: MappingActions }) {
	const t = useTranslations("mapping");
	const toast = useToast();
	const [edits, setEdits] = useState<Record<string, Mapping | null>>({});
	const [all, setAll] = useState(Object.keys(view.mappings).length === 0);
	const [shown, setShown] = useState<MappingPreview | null>(null);
	const [moved, setMoved] = useState(false);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [pending, start] = useTransition();
	const [saving, startSaving] = useTransition();
	const draft = draftOf(view.mappings, edits);
	const edited = Object.keys(edits);

	const edit = (id: string, to: Mapping | null) => {
		setRefusal(null);
		setEdits(({ [id]: _, ...others }) =>
			isSame(to, view.mappings[id] ?? null) ? others : { ...others, [id]: to },
		);
	};
	const look = () =>
		start(async () => {
			const answer = await actions.preview({ mappings: draft });
			setMoved(false);
			setRefusal(answer.ok ? null : answer);
			if (answer.ok) setShown(answer);
		});
	const apply = (reason: string) =>
		start(async () => {
			if (!shown) return;
			const seen = { revision: view.revision, fingerprint: shown.fingerprint };
			const done = await actions.apply({ mappings: draft }, seen, reason);
			if (done.ok) {
				toast(t("applied", { count: shown.count }));
				setShown(null);
				setEdits({});
				setRefusal(null);
			} else if ("moved" in done) {
				setShown(done.moved);
				setMoved(true);
			} else setRefusal(done);
		});

	const save = () =>
		startSaving(async () => {
			if (!shown) return;
			const file = await actions.file({ mappings: draft }, shown.fingerprint);
			setRefusal(file.ok ? null : file);
			if (file.ok) download(file.csv);
		});

	const isMapped = (id: string) => id in view.mappings || id in edits;
	const unmapped = view.groups.filter(({ id }) => !isMapped(id));
	const rows = view.groups.filter(({ id }) => all || isMapped(id));
	return (
		<>
			<Panel>
				{rows.length > 0 ? (
					<Table
						caption={t("table")}
						columns={[
							{ label: t("group", { provider: view.provider }), className: "w-1/3" },
							{ label: t("people"), align: "end" },
							{ label: t("role") },
							{ label: t("ownGroup") },
							{ label: t("changed") },
							{ label: t("actions"), hideLabel: true },
						]}
						rows={rows.map((group) => ({
							key: group.id,
							edited: group.id in edits,
							cells: cellsOf(group),
						}))}
					/>
				) : null}
				{unmapped.length > 0 && !all ? (
					<PanelFoot>
						<span>
							{t("unmapped", {
								count: unmapped.length,
								names: unmapped
									.slice(0, 5)
									.map(({ name }) => name)
									.join(", "),
								provider: view.provider,
							})}
						</span>
						<Button variant="quiet" size="sm" onClick={() => setAll(true)}>
							{t("mapThem")}
						</Button>
					</PanelFoot>
				) : null}
				<PanelFoot>
					{t("order", {
						roles: view.roles.map(({ name }) => name).join(", "),
						fallback: view.fallback ?? t("noAccess"),
					})}
				</PanelFoot>
			</Panel>
			{refusal && !shown ? (
				<div className="mt-3">
					<RefusalBand refusal={refusal} />
				</div>
			) : null}
			{edited.length > 0 ? (
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
					<b className="font-medium text-ink">{t("bar", { count: edited.length })}</b>
				</ActionBar>
			) : null}
			<MappingDialog
				shown={shown}
				workspace={view.workspace}
				slug={view.slug}
				moved={moved}
				busy={pending}
				saving={saving}
				refusal={refusal}
				onApply={apply}
				onSave={save}
				onClose={() => {
					setShown(null);
					setRefusal(null);
				}}
			/>
		</>
	);

	function cellsOf(group: MappableGroup) {
		const name = group.name ?? t("goneName");
		const before = view.mappings[group.id] ?? null;
		const now = draft[group.id] ?? null;
		const set = (part: "role" | "group", value: string) => {
			const { [part]: _, ...others } = now ?? {};
			const next: Mapping = value ? { ...others, [part]: value } : others;
			edit(group.id, next.role || next.group ? next : null);
		};
		const select = (
			part: "role" | "group",
			label: string,
			options: { value: string; label: string }[],
		) => {
			const value = now?.[part] ?? "";
			const old = before?.[part] ?? "";
			const known = options.some((option) => option.value === value);
			const shownOptions = known || !value ? options : [...options, { value, label: value }];
			return (
				<span className="block min-w-32">
					<Select
						aria-label={label}
						options={[{ value: "", label: t("none") }, ...shownOptions]}
						value={value}
						onChange={(event) => set(part, event.target.value)}
					/>
					{value !== old && before ? (
						<span className="mt-0.5 block text-xs text-ink-2">
							{t("was", {
								before: options.find((option) => option.value === old)?.label ?? t("none"),
							})}
						</span>
					) : null}
				</span>
			);
		};
		return [
			<span key="name" className="flex min-w-0 items-start gap-2.5">
				<Users className="mt-0.5 size-4 shrink-0 stroke-[1.6] text-ink-3" aria-hidden />
				<span className="min-w-0 [overflow-wrap:anywhere]">
					<span className={before && !now ? "line-through" : undefined}>{name}</span>
					{group.gone ? (
						<span className="mt-1 block text-xs font-normal text-ink-2">
							<Tag tone="care">{t("gone")}</Tag> {t("goneHint")}
						</span>
					) : null}
				</span>
			</span>,
			group.people,
			select(
				"role",
				t("roleOf", { name }),
				view.roles.map((role) => ({ value: role.key, label: role.name })),
			),
			select(
				"group",
				t("groupOf", { name }),
				view.ownGroups.map((own) => ({ value: own.id, label: own.name })),
			),
			group.id in edits
				? t(before ? (now ? "edited" : "removed") : "new")
				: group.changedAt && <Time key="at" at={group.changedAt} />,
			<span key="actions" className="flex justify-end gap-1">
				{group.successor && now ? (
					<Button variant="quiet" size="sm" onClick={() => takeOver(group, now)}>
						{t("takeOver", { name: group.successor.name })}
					</Button>
				) : null}
				{now ? (
					<Button
						variant="quiet"
						size="sm"
						aria-label={t("removeOf", { name })}
						onClick={() => edit(group.id, null)}
					>
						{t("remove")}
					</Button>
				) : null}
			</span>,
		];
	}

	/** A group that was pushed again has another id: its mapping follows when an admin says so. */
	function takeOver(group: MappableGroup, mapping: Mapping) {
		if (!group.successor) return;
		edit(group.id, null);
		edit(group.successor.id, mapping);
	}
}

function download(csv: string): void {
	const link = document.createElement("a");
	link.href = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
	link.download = "what-would-change.csv";
	link.click();
	URL.revokeObjectURL(link.href);
}

function draftOf(mappings: Mappings, edits: Record<string, Mapping | null>): Mappings {
	const entries = Object.entries({ ...mappings, ...edits });
	return Object.fromEntries(entries.flatMap(([id, to]) => (to ? [[id, to] as const] : [])));
}

const isSame = (a: Mapping | null, b: Mapping | null) =>
	a?.role === b?.role && a?.group === b?.group;
