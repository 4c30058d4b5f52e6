"use client";
import { useTranslations } from "next-intl";
import { useEffect, useState, useTransition } from "react";
import type { ImpactView } from "@/components/impact/impact-dialog";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Band } from "@/components/ui/band";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { Spinner } from "@/components/ui/spinner";
import { TextField } from "@/components/ui/text-field";
import { type CodesActions, CodesForm } from "./codes-form";
import type { PolicyView } from "./policy-panel";

export type EnforceActions = CodesActions & {
	/** Who would lose their way in; refused where nobody may enforce at present. */
	previewEnforce: (from: string | null) => Promise<ImpactView | RefusalView>;
	enforce: (
		base: number,
		input: { from: string | null; mail: boolean; reason: string },
	) => Promise<{ ok: true } | RefusalView>;
};

/** Enforcing SSO: the ways back in, who would lose access, and from when. */
export function EnforceDialog({
	policy,
	actions,
	onClose,
	onDone,
}: {
	policy: PolicyView;
	actions: EnforceActions;
	onClose: () => void;
	/** With the day, where it is a later one. */
	onDone: (from: string | null) => void;
}) {
	const t = useTranslations("policy.enforce");
	const codes = useTranslations("policy.codes");
	const [kept, setKept] = useState(policy.ways.own > 0);
	const [later, setLater] = useState(false);
	const [from, setFrom] = useState("");
	const [mail, setMail] = useState(false);
	const [reason, setReason] = useState("");
	const [typed, setTyped] = useState("");
	const [impact, setImpact] = useState<ImpactView | null>(null);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [pending, start] = useTransition();
	const { previewEnforce } = actions;
	useEffect(() => {
		let current = true;
		previewEnforce(null).then((answer) => {
			if (!current) return;
			if (answer.ok) setImpact(answer);
			else setRefusal(answer);
		});
		return () => {
			current = false;
		};
	}, [previewEnforce]);
	const lost = impact?.changes.filter(({ stranded }) => stranded) ?? [];
	const waits =
		!kept || !impact || (later && !from) || ((impact?.lost ?? 0) > 0 && typed !== policy.slug);
	const day = later ? from : null;
	const apply = () =>
		start(async () => {
			const done = await actions.enforce(policy.revision, { from: day, mail, reason });
			if (done.ok) onDone(day);
			else setRefusal(done);
		});
	return (
		<Dialog
			open
			onOpenChange={(open) => {
				if (!open) onClose();
			}}
			size="md"
			title={t("title")}
			description={t("lead", { provider: policy.names.provider })}
			footer={
				<>
					<Button onClick={onClose}>{t("back")}</Button>
					<Button
						variant="open"
						busy={pending}
						unavailable={waits && "enforce-waits"}
						onClick={apply}
					>
						{t("apply", { when: later ? "later" : "now" })}
					</Button>
				</>
			}
		>
			<div className="space-y-6">
				{refusal ? <RefusalBand refusal={refusal} /> : null}
				<section className="space-y-3">
					<h3 className="font-medium">{t("steps.codes")}</h3>
					{kept ? (
						<Band tone="pass" title={codes("done")} />
					) : (
						<CodesForm
							actions={actions}
							provider={policy.names.provider}
							held={false}
							onKept={() => setKept(true)}
						/>
					)}
				</section>
				<section className="space-y-3">
					<h3 className="font-medium">{t("steps.who")}</h3>
					{impact ? null : refusal ? null : <Spinner />}
					{impact && impact.lost === 0 ? (
						<p className="text-sm text-ink-2">{t("nobody", { provider: policy.names.provider })}</p>
					) : null}
					{impact && impact.lost > 0 ? (
						<>
							<Band tone="stop" title={t("lose", { count: impact.lost })} />
							<ul className="max-h-56 space-y-1.5 overflow-y-auto text-sm" tabIndex={-1}>
								{lost.map(({ id, name, stranded }) => (
									<li key={id}>
										<span className="font-medium [overflow-wrap:anywhere]">{name}</span>{" "}
										<span className="text-ink-2">{stranded}</span>
									</li>
								))}
								{impact.lost > lost.length ? (
									<li className="text-ink-2">{t("more", { count: impact.lost - lost.length })}</li>
								) : null}
							</ul>
						</>
					) : null}
				</section>
				<section className="space-y-3">
					<h3 className="font-medium">{t("steps.when")}</h3>
					<Checkbox
						label={t("later")}
						checked={later}
						onChange={(event) => setLater(event.target.checked)}
					/>
					{later ? (
						<TextField
							type="date"
							label={t("date")}
							hint={t("dateNote")}
							value={from}
							onChange={(event) => setFrom(event.target.value)}
						/>
					) : null}
					<Checkbox
						label={t("mail")}
						checked={mail}
						onChange={(event) => setMail(event.target.checked)}
					/>
					{policy.document.endSessionsOn.includes("enforced") ? (
						<Band tone="care" title={t("signOut")} />
					) : null}
				</section>
				<TextField
					label={t("reason")}
					maxLength={200}
					value={reason}
					onChange={(event) => setReason(event.target.value)}
				/>
				{impact && impact.lost > 0 ? (
					<TextField
						mono
						autoComplete="off"
						label={t("type", { word: policy.slug })}
						value={typed}
						onChange={(event) => setTyped(event.target.value)}
					/>
				) : null}
				<span id="enforce-waits" className="sr-only">
					{t("waits")}
				</span>
			</div>
		</Dialog>
	);
}
