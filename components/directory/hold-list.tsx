"use client";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Panel, PanelRow } from "@/components/ui/panel";
import { Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";

export type HoldView = {
	id: string;
	memberId: string;
	label: string;
	reason: "last_admin" | "brake";
	effect: "suspended" | "removed" | "role_changed";
	/** For a group that was emptied: its name. */
	cause: string | null;
	/** The name of the role that is kept. */
	role: string | null;
	/** API keys that would end with it. */
	keys: number;
	heldAt: Date;
	dueAt: Date | null;
};

type Decide = (
	ids: string[],
	decision: "apply" | "dismiss",
) => Promise<{ ok: true; count: number } | RefusalView>;

/** What waits for an admin, each row with its two answers, and the same for all of them. */
export function HoldList({
	holds,
	membersHref,
	decide,
}: {
	holds: readonly HoldView[];
	membersHref: string;
	decide: Decide;
}) {
	const t = useTranslations("holds");
	const toast = useToast();
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [pending, start] = useTransition();
	const answer = (ids: string[], decision: "apply" | "dismiss") =>
		start(async () => {
			const done = await decide(ids, decision);
			setRefusal(done.ok ? null : done);
			if (done.ok) toast(t(decision === "apply" ? "applied" : "dismissed", { count: done.count }));
		});
	const all = holds.map(({ id }) => id);
	return (
		<div className="space-y-4">
			{refusal ? <RefusalBand refusal={refusal} /> : null}
			<Panel>
				{holds.length > 1 ? (
					<PanelRow className="flex flex-wrap items-center justify-between gap-3">
						<span className="font-medium">{t("count", { count: holds.length })}</span>
						<span className="flex flex-wrap gap-2">
							<Button busy={pending} onClick={() => answer(all, "dismiss")}>
								{t("dismissAll", { count: holds.length })}
							</Button>
							<Button variant="stop" busy={pending} onClick={() => answer(all, "apply")}>
								{t("applyAll", { count: holds.length })}
							</Button>
						</span>
					</PanelRow>
				) : null}
				<Table
					caption={t("title")}
					columns={[
						{ label: t("person"), className: "w-1/4" },
						{ label: t("effect") },
						{ label: t("why") },
						{ label: t("due") },
						{ label: t("actions"), hideLabel: true },
					]}
					rows={holds.map((hold) => ({
						key: hold.id,
						cells: [
							<Link
								key="person"
								href={`${membersHref}/${hold.memberId}`}
								className="[overflow-wrap:anywhere] underline-offset-4 hover:underline"
							>
								{hold.label}
							</Link>,
							<span key="effect">
								{t(`effects.${hold.effect}`, { role: hold.role ?? "" })}
								{hold.keys > 0 && hold.effect !== "role_changed" ? (
									<span className="block text-sm text-care">{t("keys", { count: hold.keys })}</span>
								) : null}
							</span>,
							hold.cause ? t("emptied", { group: hold.cause }) : t(`reasons.${hold.reason}`),
							hold.dueAt ? <Time key="due" at={hold.dueAt} /> : t("never"),
							<span key="actions" className="flex gap-1">
								<Button
									variant="quiet"
									size="sm"
									busy={pending}
									aria-label={t("dismissOne", { name: hold.label })}
									onClick={() => answer([hold.id], "dismiss")}
								>
									{t("dismiss")}
								</Button>
								<Button
									variant="stop"
									size="sm"
									busy={pending}
									aria-label={t("applyOne", { name: hold.label })}
									onClick={() => answer([hold.id], "apply")}
								>
									{t("apply")}
								</Button>
							</span>,
						],
					}))}
				/>
			</Panel>
		</div>
	);
}
