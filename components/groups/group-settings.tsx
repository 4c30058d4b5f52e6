"use client";
import { useTranslations } from "next-intl";
import { type ReactNode, useState, useTransition } from "react";
import { ImpactDialog, type ImpactView } from "@/components/impact/impact-dialog";
import { RefusalBand } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Reason } from "@/components/ui/field";
import { Panel, PanelBody, PanelFoot } from "@/components/ui/panel";
import { SelectField, type SelectOption } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { useToast } from "@/components/ui/toast";
import { useFollowed } from "@/components/use-followed";
import { type GroupProblem, type GroupValues, useGroupErrors } from "./new-group";

/** A group's name and default role. Another role goes through what would change. */
export function GroupSettings({
	values,
	roles,
	note,
	closed,
	word,
	preview,
	save,
}: {
	values: GroupValues;
	roles: readonly SelectOption[];
	/** For whom the default role counts. */
	note: ReactNode;
	/** Why it cannot be changed by this member. */
	closed: string | null;
	word: string;
	preview: (values: GroupValues) => Promise<ImpactView | GroupProblem>;
	save: (values: GroupValues) => Promise<{ ok: true } | GroupProblem>;
}) {
	const t = useTranslations("groups");
	const toast = useToast();
	const [name, setName] = useFollowed(values.name);
	const [role, setRole] = useFollowed(values.defaultRole ?? "");
	const [problem, setProblem] = useState<GroupProblem | null>(null);
	const [shown, setShown] = useState<ImpactView | null>(null);
	const [busy, start] = useTransition();
	const errors = useGroupErrors(shown ? null : problem);
	const edited = { name, defaultRole: role || null };
	const moves = edited.defaultRole !== values.defaultRole;
	const changed = moves || name !== values.name;
	const apply = () =>
		start(async () => {
			const done = await save(edited);
			setProblem(done.ok ? null : done);
			if (!done.ok) return;
			toast(t("settings.saved", { name: name.trim() }));
			setShown(null);
		});
	const look = () =>
		start(async () => {
			const impact = await preview(edited);
			setProblem(impact.ok ? null : impact);
			if (impact.ok) setShown(impact);
		});
	const unavailable = closed ? "group-closed" : changed ? false : "group-nothing";
	return (
		<>
			<form
				noValidate
				onSubmit={(event) => {
					event.preventDefault();
					if (moves) look();
					else apply();
				}}
			>
				<Panel>
					<PanelBody className="grid items-start gap-4 sm:grid-cols-2">
						{errors.band ? (
							<div className="sm:col-span-2">
								<RefusalBand refusal={errors.band} />
							</div>
						) : null}
						<TextField
							label={t("form.name")}
							maxLength={64}
							autoComplete="off"
							className="[&_input]:h-8 max-md:[&_input]:h-11"
							error={errors.name}
							readOnly={closed !== null}
							value={name}
							onChange={(event) => setName(event.target.value)}
						/>
						<SelectField
							label={t("form.role")}
							options={[{ value: "", label: t("form.none") }, ...roles]}
							value={role}
							unavailable={closed ? "group-closed" : false}
							onChange={(event) => setRole(event.target.value)}
						/>
						<div className="text-sm text-ink-2 sm:col-span-2">{note}</div>
					</PanelBody>
					<PanelFoot className="justify-end">
						{closed ? (
							<div className="mr-auto min-w-0 flex-1 [&>p]:mt-0">
								<Reason id="group-closed">{closed}</Reason>
							</div>
						) : changed ? null : (
							<span id="group-nothing" className="mr-auto">
								{t("settings.nothing")}
							</span>
						)}
						<Button type="submit" variant="ink" busy={busy && !shown} unavailable={unavailable}>
							{t(moves || !changed ? "settings.look" : "settings.rename")}
						</Button>
					</PanelFoot>
				</Panel>
			</form>
			<ImpactDialog
				shown={shown}
				word={word}
				apply={t("settings.apply", { count: shown?.count ?? 0 })}
				busy={busy}
				refusal={problem && "why" in problem ? problem : null}
				onApply={apply}
				onClose={() => {
					setShown(null);
					setProblem(null);
				}}
			/>
		</>
	);
}
