"use client";
import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { SelectField, type SelectOption } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { useToast } from "@/components/ui/toast";

export type GroupValues = { name: string; defaultRole: string | null };
export type GroupProblem = RefusalView | { ok: false; reason: "malformed"; field: string };

/** What a field of the form is told; what belongs to none stands above them. */
export function useGroupErrors(problem: GroupProblem | null) {
	const t = useTranslations("groups.form");
	const onName = problem?.field === "name";
	const words = problem && "why" in problem ? `${problem.why} ${problem.fix}` : t("malformed");
	return {
		name: onName ? words : undefined,
		band: problem && !onName && "why" in problem ? problem : null,
	};
}

/** Asks for name and default role; people come after. */
export function NewGroup({
	roles,
	create,
	hrefOf,
}: {
	roles: readonly SelectOption[];
	create: (values: GroupValues) => Promise<{ ok: true; id: string } | GroupProblem>;
	hrefOf: string;
}) {
	const t = useTranslations("groups");
	const toast = useToast();
	const router = useRouter();
	const [open, setOpen] = useState(false);
	const [problem, setProblem] = useState<GroupProblem | null>(null);
	const [busy, start] = useTransition();
	const [name, setName] = useState("");
	const [role, setRole] = useState("");
	const errors = useGroupErrors(problem);
	const submit = () =>
		start(async () => {
			const made = await create({ name, defaultRole: role || null });
			setProblem(made.ok ? null : made);
			if (!made.ok) return;
			toast(t("form.created", { name: name.trim() }));
			router.push(`${hrefOf}/${made.id}`);
		});
	return (
		<>
			<Button variant="ink" icon={<Plus aria-hidden />} onClick={() => setOpen(true)}>
				{t("new")}
			</Button>
			<Dialog
				open={open}
				onOpenChange={setOpen}
				title={t("form.newTitle")}
				description={t("form.newLead")}
				footer={
					<>
						<Button onClick={() => setOpen(false)}>{t("form.cancel")}</Button>
						<Button variant="ink" type="submit" form="new-group" busy={busy}>
							{t("form.create")}
						</Button>
					</>
				}
			>
				<form
					id="new-group"
					noValidate
					className="space-y-4"
					onSubmit={(event) => {
						event.preventDefault();
						submit();
					}}
				>
					{errors.band ? <RefusalBand refusal={errors.band} /> : null}
					<TextField
						label={t("form.name")}
						maxLength={64}
						autoComplete="off"
						error={errors.name}
						value={name}
						onChange={(event) => setName(event.target.value)}
					/>
					<SelectField
						label={t("form.role")}
						hint={t("form.roleHint")}
						options={[{ value: "", label: t("form.none") }, ...roles]}
						value={role}
						onChange={(event) => setRole(event.target.value)}
					/>
				</form>
			</Dialog>
		</>
	);
}
