"use client";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { CopyJoined } from "@/components/ui/copy-field";
import { TextField } from "@/components/ui/text-field";

export type CodesActions = {
	makeCodes: () => Promise<{ ok: true; codes: string[] } | RefusalView>;
	keepCodes: (typed: string) => Promise<{ ok: true } | RefusalView>;
};

/**
 * Makes recovery codes, shows them this once, and asks for one of them: so that nobody enforces SSO
 * with codes that were never written down.
 */
export function CodesForm({
	actions: { makeCodes, keepCodes },
	provider,
	held,
	onKept,
}: {
	actions: CodesActions;
	provider: string;
	/** The admin has codes already: these would replace them. */
	held: boolean;
	onKept: () => void;
}) {
	const t = useTranslations("policy.codes");
	const [codes, setCodes] = useState<string[] | null>(null);
	const [typed, setTyped] = useState("");
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [pending, start] = useTransition();
	const make = () =>
		start(async () => {
			const made = await makeCodes();
			setRefusal(made.ok ? null : made);
			if (made.ok) setCodes(made.codes);
		});
	const keep = () =>
		start(async () => {
			const kept = await keepCodes(typed);
			setRefusal(kept.ok ? null : kept);
			if (!kept.ok) return;
			setCodes(null);
			setTyped("");
			onKept();
		});
	if (!codes)
		return (
			<div className="space-y-3">
				<p className="text-sm text-ink-2">{t("what", { provider })}</p>
				{refusal ? <RefusalBand refusal={refusal} /> : null}
				<Button busy={pending} onClick={make}>
					{held ? t("again") : t("open")}
				</Button>
			</div>
		);
	return (
		<div className="space-y-4">
			<p className="text-sm text-ink-2">{t("once")}</p>
			<div className="rounded-md border border-line-2 bg-sunk p-3">
				<ul aria-label={t("list")} className="grid gap-1 font-mono text-sm">
					{codes.map((code) => (
						<li key={code} className="[overflow-wrap:anywhere]">
							{code}
						</li>
					))}
				</ul>
				<div className="mt-3">
					<CopyJoined
						value={codes.join("\n")}
						what={t("list")}
						className="rounded-md border border-line-2 py-1.5"
					/>
				</div>
			</div>
			<TextField
				mono
				label={t("drill")}
				hint={t("drillHint")}
				autoComplete="off"
				spellCheck={false}
				value={typed}
				onChange={(event) => setTyped(event.target.value)}
				error={refusal?.why}
			/>
			<Button variant="ink" busy={pending} onClick={keep}>
				{t("confirm")}
			</Button>
		</div>
	);
}
