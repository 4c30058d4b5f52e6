"use client";
import { Check, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Band } from "@/components/ui/band";
import { Button } from "@/components/ui/button";
import { Panel, PanelBody } from "@/components/ui/panel";
import { SelectField } from "@/components/ui/select";
import { Table } from "@/components/ui/table";

type Tested = {
	steps: { title: string; sent: string; status: number; problem: string | null }[];
	/** Whether people sent so hold a role here. */
	hasAccess: boolean;
};

type Outcome = { ok: true; tested: Tested | null } | RefusalView;

/** Acts as a provider at a press, and shows each step with what came back. */
export function SelfTest({
	clients,
	chosen,
	run,
}: {
	clients: { value: string; label: string }[];
	/** Whom to act as unless another one is chosen. */
	chosen: string;
	run: (client: string) => Promise<Outcome>;
}) {
	const t = useTranslations("selftest");
	const [outcome, setOutcome] = useState<Outcome | null>(null);
	const [pending, start] = useTransition();
	const submit = (form: FormData) =>
		start(async () => setOutcome(await run(String(form.get("client")))));
	return (
		<div className="space-y-5">
			<Panel>
				<PanelBody>
					<form action={submit} className="flex flex-wrap items-end gap-3">
						<SelectField name="client" label={t("as")} defaultValue={chosen} options={clients} />
						<Button type="submit" variant="ink" busy={pending} busyLabel={t("running")}>
							{t("run")}
						</Button>
					</form>
					<p className="mt-3 text-sm text-ink-2">{t("lead")}</p>
				</PanelBody>
			</Panel>
			{outcome ? <Shown outcome={outcome} /> : null}
		</div>
	);
}

function Shown({ outcome }: { outcome: Outcome }) {
	const t = useTranslations("selftest");
	if (!outcome.ok) return <RefusalBand refusal={outcome} />;
	if (!outcome.tested) return <Band tone="care" live title={t("slow")} />;
	const { steps, hasAccess } = outcome.tested;
	const failed = steps.filter(({ problem }) => problem !== null).length;
	return (
		<>
			<Band
				live
				verdict
				tone={failed === 0 ? "pass" : "stop"}
				title={
					failed === 0
						? t("passed", { count: steps.length })
						: t("failed", { failed, count: steps.length })
				}
			/>
			{hasAccess ? null : (
				<Band tone="care" title={t("noAccess.title")}>
					{t("noAccess.body")}
				</Band>
			)}
			<Panel>
				<Table
					caption={t("table")}
					columns={[
						{ label: t("step"), className: "w-1/3" },
						{ label: t("sent") },
						{ label: t("answer") },
					]}
					rows={steps.map(({ title, sent, status, problem }, index) => ({
						key: `${index}`,
						cells: [
							<span key="step" className="flex items-start gap-2">
								{problem === null ? (
									<Check
										className="mt-0.5 size-4 shrink-0 stroke-[1.8] text-pass"
										role="img"
										aria-label={t("ok")}
									/>
								) : (
									<X
										className="mt-0.5 size-4 shrink-0 stroke-[1.8] text-stop"
										role="img"
										aria-label={t("bad")}
									/>
								)}
								{title}
							</span>,
							<code key="sent" className="[overflow-wrap:anywhere]">
								{sent.length > 80 ? `${sent.slice(0, 80)}…` : sent}
							</code>,
							<span key="answer" className="[overflow-wrap:anywhere]">
								{status}
								{problem ? <span className="block text-sm">{problem}</span> : null}
							</span>,
						],
					}))}
				/>
			</Panel>
		</>
	);
}
