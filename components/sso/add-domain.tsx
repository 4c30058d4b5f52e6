"use client";
import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import type { DomainActions } from "@/components/sso/domains-panel";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/text-field";

/** Refusals about what was typed, which stand at the field. */
const ofField = new Set(["domain_malformed", "domain_public"]);

/** Asks for a domain; its record to add at the DNS provider appears in its row. */
export function AddDomain({ add }: { add: DomainActions["add"] }) {
	const t = useTranslations("sso.domains");
	const [open, setOpen] = useState(false);
	const [name, setName] = useState("");
	const [problem, setProblem] = useState<RefusalView | null>(null);
	const [busy, start] = useTransition();
	const atField = problem && ofField.has(problem.reason);
	const toggle = (next: boolean) => {
		setOpen(next);
		setProblem(null);
		setName("");
	};
	const submit = () =>
		start(async () => {
			const added = await add(name);
			if (added.ok) toggle(false);
			else setProblem(added);
		});
	return (
		<>
			<Button icon={<Plus aria-hidden />} onClick={() => toggle(true)}>
				{t("addDomain")}
			</Button>
			<Dialog
				open={open}
				onOpenChange={toggle}
				title={t("addTitle")}
				description={t("addLead")}
				footer={
					<>
						<Button onClick={() => toggle(false)}>{t("cancel")}</Button>
						<Button variant="ink" type="submit" form="add-domain" busy={busy}>
							{t("addDomain")}
						</Button>
					</>
				}
			>
				<form
					id="add-domain"
					noValidate
					className="space-y-4"
					onSubmit={(event) => {
						event.preventDefault();
						submit();
					}}
				>
					{problem && !atField ? <RefusalBand refusal={problem} /> : null}
					<TextField
						label={t("domain")}
						hint={t("addHint")}
						mono
						autoComplete="off"
						inputMode="url"
						maxLength={253}
						error={atField ? `${problem.why} ${problem.fix}` : undefined}
						value={name}
						onChange={(event) => setName(event.target.value)}
					/>
				</form>
			</Dialog>
		</>
	);
}
