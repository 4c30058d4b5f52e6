"use client";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { SelectField } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";

type Problem = { ok: false; reason: "name_missing" | "scope_missing" | "lifetime" | "too_many" };

export type CreateKey = (input: {
	name: string;
	scopes: string[];
	days: number;
}) => Promise<{ ok: true; key: string } | Problem | RefusalView>;

/** Asks what the key is for, what it may do and how long it works; the secret itself comes after. */
export function NewKey({
	open,
	scopes,
	lifetimes,
	create,
	onClose,
	onMade,
}: {
	open: boolean;
	scopes: readonly string[];
	lifetimes: readonly number[];
	create: CreateKey;
	onClose: () => void;
	onMade: (key: string) => void;
}) {
	const t = useTranslations("api_keys");
	const [pending, start] = useTransition();
	const [problem, setProblem] = useState<Problem | RefusalView | null>(null);
	const [chosen, setChosen] = useState<readonly string[]>(scopes.slice(0, 1));
	const close = () => {
		setProblem(null);
		onClose();
	};
	const submit = (form: FormData) =>
		start(async () => {
			const made = await create({
				name: String(form.get("name") ?? ""),
				scopes: [...chosen],
				days: Number(form.get("days")),
			});
			setProblem(made.ok ? null : made);
			if (made.ok) onMade(made.key);
		});
	const at = (...reasons: string[]) =>
		problem && !("why" in problem) && reasons.includes(problem.reason)
			? t(`problem.${problem.reason}`)
			: undefined;
	return (
		<Dialog
			open={open}
			onOpenChange={(next) => {
				if (!next) close();
			}}
			title={t("newTitle")}
			description={t("newLead")}
		>
			<form action={submit} className="space-y-4">
				{problem && "why" in problem ? <RefusalBand refusal={problem} /> : null}
				<TextField
					name="name"
					label={t("name")}
					hint={t("nameHint")}
					maxLength={80}
					required
					error={at("name_missing", "too_many")}
				/>
				<fieldset>
					<legend className="mb-1.5 text-sm font-medium">{t("scopes")}</legend>
					<div className="space-y-2">
						{scopes.map((scope) => (
							<Checkbox
								key={scope}
								checked={chosen.includes(scope)}
								onChange={({ target }) =>
									setChosen((before) =>
										target.checked ? [...before, scope] : before.filter((each) => each !== scope),
									)
								}
								label={t(`scope.${scope}`)}
								hint={<code>{scope}</code>}
							/>
						))}
					</div>
					{at("scope_missing") ? (
						<p role="alert" className="mt-1.5 text-sm text-stop">
							{at("scope_missing")}
						</p>
					) : null}
				</fieldset>
				<SelectField
					name="days"
					label={t("expires")}
					defaultValue="90"
					error={at("lifetime")}
					options={lifetimes.map((days) => ({ value: String(days), label: t("days", { days }) }))}
				/>
				<div className="flex justify-end gap-2 pt-2">
					<Button onClick={close}>{t("notNow")}</Button>
					<Button type="submit" variant="ink" busy={pending}>
						{t("make")}
					</Button>
				</div>
			</form>
		</Dialog>
	);
}
