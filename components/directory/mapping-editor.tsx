"use client";
import { Users } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { type Moved, MovedDialog } from "@/components/policy/moved-dialog";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { ActionBar } from "@/components/ui/action-bar";
import { Button } from "@/components/ui/button";
import { Panel, PanelFoot } from "@/components/ui/panel";
import { Select } from "@/components/ui/select";
import { Table } from "@/components/ui/table";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";
import { useLeaveGuard } from "@/components/use-leave-guard";
import type { MappableGroup } from "@/lib/directory/mapping";
import type { Policy } from "@/lib/policy/document";
import {
	type Mapping,
	type MappingEdits,
	mappingOf,
	openEdits,
	withEdits,
} from "@/lib/policy/mapping-edits";
import { MappingDialog, type MappingPreview } from "./mapping-dialog";
import { MappingMoved } from "./mapping-moved";

export type MappingView = {
	groups: MappableGroup[];
	mappings: Policy["mappings"];
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

type Draft = { base: number; edits: MappingEdits };

export type MappingActions = {
	preview: (draft: Draft) => Promise<MappingPreview | RefusalView>;
	apply: (
		draft: Draft,
		fingerprint: string,
		reason: string,
	) => Promise<{ ok: true } | { ok: false; moved: MappingPreview } | RefusalView>;
	/** Everybody whom the preview of this fingerprint counts, as CSV. */
	file: (draft: Draft, fingerprint: string) => Promise<{ ok: true; csv: string } | RefusalView>;
	/** What was saved since a revision. */
	moved: (since: number) => Promise<Moved | null>;
};

/**
 * The groups and what they give. Edits stay in the page until they are previewed and applied; what
 * another admin saves meanwhile is shown beside them.
 */
export function MappingEditor({ view, actions }: { view: MappingView; actions: MappingActions }) {
	const t = useTranslations("mapping");
	const toast = useToast();
	const router = useRouter();
	const [edits, setEdits] = useState<MappingEdits>({});
	/** What the edits rest on. */
	const [base, setBase] = useState({ revision: view.revision, mappings: view.mappings });
	const [all, setAll] = useState(Object.keys(view.mappings).length === 0);
	const [shown, setShown] = useState<MappingPreview | null>(null);
	/** The facts changed between looking and applying. */
	const [stale, setStale] = useState(false);
	const [reason, setReason] = useState("");
	const [moved, setMoved] = useState<Moved | null>(null);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [pending, start] = useTransition();
	const [saving, startSaving] = useTransition();
	const draft = { base: base.revision, edits };
	const mappings = withEdits(base.mappings, edits);
	const edited = Object.keys(edits);
	useLeaveGuard(edited.length > 0);

	// A newer revision that was loaded without edits is what edits now rest on.
	if (edited.length === 0 && base.revision !== view.revision)
		setBase({ revision: view.revision, mappings: view.mappings });

	const edit = (id: string, to: Mapping | null) => {
		setRefusal(null);
		setEdits((before) => openEdits(base.mappings, { ...before, [id]: to }));
	};
	const discard = () => {
		setEdits({});
		setReason("");
		setMoved(null);
		// What others saved since is what there is then.
		if (refusal?.reason === "policy_moved") router.refresh();
		setRefusal(null);
	};
	const compare = async () => setMoved(await actions.moved(base.revision));
	/** Shows what was refused; where another save came first, beside the edits. */
	const refuse = async (refused: RefusalView) => {
		setRefusal(refused);
		if (refused.reason !== "policy_moved") return;
		setShown(null);
		await compare();
		// For the names of groups that came since. The edits stay.
		router.refresh();
	};
	const look = () =>
		start(async () => {
			const answer = await actions.preview(draft);
			setStale(false);
			if (!answer.ok) return refuse(answer);
			setRefusal(null);
			setShown(answer);
		});
	const apply = () =>
		start(async () => {
			if (!shown) return;
			const done = await actions.apply(draft, shown.fingerprint, reason);
			if (done.ok) {
				toast(t("applied", { count: shown.count }));
				setShown(null);
				setEdits({});
				setReason("");
				setRefusal(null);
			} else if ("moved" in done) {
				setShown(done.moved);
				setStale(true);
			} else await refuse(done);
		});
	const save = () =>
		startSaving(async () => {
			if (!shown) return;
			const file = await actions.file(draft, shown.fingerprint);
			if (!file.ok) return refuse(file);
			setRefusal(null);
			download(file.csv);
		});

	const isMapped = (id: string) => Object.hasOwn(base.mappings, id) || Object.hasOwn(edits, id);
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
							edited: Object.hasOwn(edits, group.id),
							cells: cellsOf(group),
							below: successorOf(group),
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
							<Button variant="quiet" onClick={discard}>
								{t("discard")}
							</Button>
							{refusal?.reason === "policy_moved" ? (
								<Button busy={pending} onClick={() => start(compare)}>
									{t("compare")}
								</Button>
							) : null}
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
				stale={stale}
				busy={pending}
				saving={saving}
				refusal={refusal}
				reason={reason}
				onReason={setReason}
				onApply={apply}
				onSave={save}
				onClose={() => {
					setShown(null);
					setRefusal(null);
				}}
			/>
			<MovedDialog
				moved={moved}
				onClose={() => setMoved(null)}
				onRebase={({ revision, after }) => {
					setBase({ revision, mappings: after.mappings });
					setEdits(openEdits(after.mappings, edits));
					setMoved(null);
					setRefusal(null);
					router.refresh();
				}}
				onDiscard={discard}
			>
				{moved ? <MappingMoved moved={moved} edits={edits} view={view} /> : null}
			</MovedDialog>
		</>
	);

	function cellsOf(group: MappableGroup) {
		const name = group.name ?? t("goneName");
		const before = mappingOf(base.mappings, group.id);
		const now = mappingOf(mappings, group.id);
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
				<span className="block min-w-32 max-md:my-1">
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
			Object.hasOwn(edits, group.id)
				? t(before ? (now ? "edited" : "removed") : "new")
				: group.changedAt && (
						<span key="at" className="whitespace-nowrap">
							<Time at={group.changedAt} />
						</span>
					),
			<span key="actions" className="flex justify-end gap-1">
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
	function successorOf({ id, successor }: MappableGroup) {
		const now = mappingOf(mappings, id);
		if (!successor || !now) return null;
		const takeOver = () => {
			edit(id, null);
			edit(successor.id, now);
		};
		return (
			<Button size="sm" onClick={takeOver}>
				{t("takeOver", { name: successor.name })}
			</Button>
		);
	}
}

function download(csv: string): void {
	const link = document.createElement("a");
	link.href = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
	link.download = "what-would-change.csv";
	link.click();
	URL.revokeObjectURL(link.href);
}
