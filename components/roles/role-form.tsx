"use client";
import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { type ReactNode, useState, useTransition } from "react";
import { ImpactDialog, type ImpactView } from "@/components/impact/impact-dialog";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Panel, PanelBody, PanelFoot } from "@/components/ui/panel";
import { TextField } from "@/components/ui/text-field";
import { useToast } from "@/components/ui/toast";
import { useFollowed } from "@/components/use-followed";
import { highestRank, type Permission, permissions, withNeeds } from "@/lib/roles/permissions";

export type RoleValues = { name: string; rank: number; permissions: Permission[] };

type Problem = RefusalView | { ok: false; reason: "malformed"; field: string };

/** What limits whoever fills the form in. */
export type RoleLimits = {
	/** Their own rank, and what they may do. */
	rank: number;
	permissions: readonly Permission[];
	/** Ranks that other roles have. */
	taken: readonly number[];
};

/** A role that does not exist yet. */
export function NewRole({
	limits,
	rank,
	create,
	hrefOf,
}: {
	limits: RoleLimits;
	/** A free rank to begin with. */
	rank: number;
	create: (values: RoleValues) => Promise<{ ok: true; key: string } | Problem>;
	hrefOf: string;
}) {
	const t = useTranslations("roles.form");
	const toast = useToast();
	const router = useRouter();
	const [problem, setProblem] = useState<Problem | null>(null);
	const [busy, start] = useTransition();
	return (
		<RoleFields
			limits={limits}
			initial={{ name: "", rank, permissions: ["workspace.read"] }}
			problem={problem}
			submit={() => (
				<Button type="submit" variant="ink" busy={busy} icon={<Plus aria-hidden />}>
					{t("create")}
				</Button>
			)}
			onSubmit={(values) =>
				start(async () => {
					const made = await create(values);
					setProblem(made.ok ? null : made);
					if (!made.ok) return;
					toast(t("created", { name: values.name.trim() }));
					router.push(`${hrefOf}/${encodeURIComponent(made.key)}`);
				})
			}
		/>
	);
}

/** The settings of a role there is. Applying always goes through what would change. */
export function EditRole({
	roleKey,
	values,
	people,
	limits,
	word,
	preview,
	save,
}: {
	roleKey: string;
	values: RoleValues;
	/** How many hold it in effect. */
	people: number;
	limits: RoleLimits;
	/** What is typed where people lose access: the workspace's slug. */
	word: string;
	preview: (values: RoleValues) => Promise<ImpactView | Problem>;
	save: (values: RoleValues) => Promise<{ ok: true } | Problem>;
}) {
	const t = useTranslations("roles");
	const toast = useToast();
	const [problem, setProblem] = useState<Problem | null>(null);
	const [shown, setShown] = useState<{ impact: ImpactView; values: RoleValues } | null>(null);
	const [busy, start] = useTransition();
	const close = () => {
		setShown(null);
		setProblem(null);
	};
	const after = shown?.values.permissions ?? values.permissions;
	const gains = after.filter((each) => !values.permissions.includes(each));
	const loses = values.permissions.filter((each) => !after.includes(each));
	return (
		<>
			<RoleFields
				limits={limits}
				initial={values}
				roleKey={roleKey}
				problem={shown ? null : problem}
				submit={(changed) => (
					<Button
						type="submit"
						variant="ink"
						busy={busy}
						unavailable={changed ? false : "role-nothing"}
					>
						{t("form.look")}
					</Button>
				)}
				onSubmit={(edited) =>
					start(async () => {
						const impact = await preview(edited);
						setProblem(impact.ok ? null : impact);
						if (impact.ok) setShown({ impact, values: edited });
					})
				}
			/>
			<ImpactDialog
				shown={shown?.impact ?? null}
				word={word}
				apply={t("form.apply", { count: shown?.impact.count ?? 0 })}
				busy={busy}
				refusal={problem && "why" in problem ? problem : null}
				onClose={close}
				onApply={() =>
					start(async () => {
						if (!shown) return;
						const done = await save(shown.values);
						setProblem(done.ok ? null : done);
						if (!done.ok) return;
						toast(t("form.saved", { name: shown.values.name.trim() }));
						setShown(null);
					})
				}
			>
				<Difference title={t("edit.gains", { count: people })} of={gains} />
				<Difference title={t("edit.loses", { count: people })} of={loses} />
			</ImpactDialog>
		</>
	);
}

function Difference({ title, of }: { title: string; of: readonly Permission[] }) {
	const t = useTranslations("roles.permissions");
	if (of.length === 0) return null;
	return (
		<div className="text-sm">
			<p className="font-medium">{title}</p>
			<ul className="mt-1 list-disc pl-5 text-ink-2">
				{of.map((permission) => (
					<li key={permission}>{t(`${permission}.name`)}</li>
				))}
			</ul>
		</div>
	);
}

function RoleFields({
	limits,
	initial,
	roleKey,
	problem,
	submit,
	onSubmit,
}: {
	limits: RoleLimits;
	initial: RoleValues;
	roleKey?: string;
	problem: Problem | null;
	submit: (changed: boolean) => ReactNode;
	onSubmit: (values: RoleValues) => void;
}) {
	const t = useTranslations("roles");
	const [name, setName] = useFollowed(initial.name);
	const [rank, setRank] = useFollowed(String(initial.rank));
	const [chosen, setChosen] = useFollowed<readonly Permission[]>(
		initial.permissions,
		(one, other) => withNeeds(one).join() === withNeeds(other).join(),
	);
	const values = { name, rank: Number(rank || Number.NaN), permissions: withNeeds(chosen) };
	const changed =
		name !== initial.name ||
		values.rank !== initial.rank ||
		values.permissions.join() !== withNeeds(initial.permissions).join();
	const errorOf = (field: "name" | "rank" | "permissions") => {
		if (problem?.field !== field) return undefined;
		if ("why" in problem) return `${problem.why} ${problem.fix}`;
		return field === "permissions"
			? undefined
			: t(`form.${field}_malformed`, { highest: highestRank });
	};
	const onField = problem?.field === "name" || problem?.field === "rank";
	return (
		<form
			onSubmit={(event) => {
				event.preventDefault();
				onSubmit(values);
			}}
			noValidate
		>
			{problem && "why" in problem && !onField ? (
				<div className="mb-4">
					<RefusalBand refusal={problem} />
				</div>
			) : null}
			<Panel>
				<PanelBody className="grid items-start gap-x-5 gap-y-4 sm:grid-cols-[1fr_9rem]">
					<TextField
						id="role-name"
						label={t("form.name")}
						hint={roleKey ? t("form.keyHint", { key: roleKey }) : t("form.nameHint")}
						error={errorOf("name")}
						maxLength={64}
						autoComplete="off"
						value={name}
						onChange={(event) => setName(event.target.value)}
					/>
					<TextField
						id="role-rank"
						label={t("form.rank")}
						error={errorOf("rank")}
						inputMode="numeric"
						maxLength={3}
						autoComplete="off"
						value={rank}
						onChange={(event) => setRank(event.target.value.replace(/\D/g, ""))}
						aria-describedby="role-rank-note"
					/>
					<p className="text-sm text-ink-2 sm:col-span-2">
						{t("form.rankHint", {
							highest: highestRank,
							taken: limits.taken.toSorted((a, b) => b - a).join(", "),
						})}
						{limits.rank <= highestRank ? ` ${t("form.rankAbove", { own: limits.rank })}` : null}
					</p>
				</PanelBody>
				<PanelBody>
					<fieldset>
						<legend className="text-sm font-medium">{t("form.permissions")}</legend>
						<div className="mt-3 grid gap-x-8 gap-y-4 lg:grid-cols-2">
							{permissions.map((permission) => {
								const always = permission === "workspace.read";
								const mine = limits.permissions.includes(permission);
								const fixed = always || (!mine && !chosen.includes(permission));
								const note = always ? t("form.always") : mine ? null : t("form.notYours");
								return (
									<Checkbox
										key={permission}
										label={
											<span className="font-medium">{t(`permissions.${permission}.name`)}</span>
										}
										hint={`${t(`permissions.${permission}.sentence`)}${note ? ` ${note}` : ""}`}
										checked={values.permissions.includes(permission)}
										aria-disabled={fixed || undefined}
										onChange={(event) => {
											if (fixed) return;
											setChosen(
												event.target.checked
													? [...chosen, permission]
													: chosen.filter((each) => each !== permission),
											);
										}}
									/>
								);
							})}
						</div>
					</fieldset>
				</PanelBody>
				<PanelFoot className="justify-end">
					{changed || !roleKey ? null : (
						<span id="role-nothing" className="mr-auto">
							{t("form.nothing")}
						</span>
					)}
					{submit(changed)}
				</PanelFoot>
			</Panel>
		</form>
	);
}
