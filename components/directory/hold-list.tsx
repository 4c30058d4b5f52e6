"use client";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Panel, PanelFoot, PanelRow } from "@/components/ui/panel";
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

type Decision = "apply" | "dismiss";

type Decide = (
	ids: string[],
	decision: Decision,
) => Promise<{ ok: true; count: number } | RefusalView>;

/** What waits for an admin, each row with its two answers, and the same for all of them. */
export function HoldList({
	holds,
	total,
	word,
	membersHref,
	decide,
}: {
	/** The oldest of them. */
	holds: readonly HoldView[];
	total: number;
	/** The word to type before all are applied: people lose access. */
	word: string;
	membersHref: string;
	decide: Decide;
}) {
	const t = useTranslations("holds");
	const toast = useToast();
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [asking, ask] = useState(false);
	const [pending, start] = useTransition();
	/** Which button was pressed. */
	const [pressed, press] = useState("");
	const all = holds.map(({ id }) => id);
	const answer = async (ids: string[], decision: Decision) => {
		const done = await decide(ids, decision);
		if (done.ok) {
			setRefusal(null);
			toast(t(decision === "apply" ? "applied" : "dismissed", { count: done.count }));
			return;
		}
		const label = holds.find(({ id }) => id === done.field)?.label;
		setRefusal(label ? { ...done, why: t("refused", { name: label, why: done.why }) } : done);
	};
	const run = (ids: string[], decision: Decision) => {
		press(nameOf(ids, decision));
		start(() => answer(ids, decision));
	};
	const isBusy = (ids: string[], decision: Decision) =>
		pending && pressed === nameOf(ids, decision);
	const suspended = holds.filter(({ effect }) => effect !== "role_changed");
	const words = { count: holds.length, some: total > holds.length ? "yes" : "no" };
	return (
		<div className="space-y-4">
			{refusal ? <RefusalBand refusal={refusal} /> : null}
			<Panel>
				{holds.length > 1 ? (
					<PanelRow className="flex flex-wrap items-center justify-between gap-3">
						<span className="font-medium">{t("count", { count: total })}</span>
						<span className="flex flex-wrap gap-2">
							<Button busy={isBusy(all, "dismiss")} onClick={() => run(all, "dismiss")}>
								{t("dismissAll", words)}
							</Button>
							<Button variant="stop" onClick={() => ask(true)}>
								{t("applyAll", words)}
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
							<span key="why">
								{hold.cause ? t("emptied", { group: hold.cause }) : t(`reasons.${hold.reason}`)}
								<span className="block text-sm text-ink-3">
									{t.rich("since", { at: () => <Time at={hold.heldAt} /> })}
								</span>
							</span>,
							hold.dueAt ? <Time key="due" at={hold.dueAt} /> : t("never"),
							<span key="actions" className="flex gap-1">
								<Button
									variant="quiet"
									size="sm"
									busy={isBusy([hold.id], "dismiss")}
									aria-label={t("dismissOne", { name: hold.label })}
									onClick={() => run([hold.id], "dismiss")}
								>
									{t("dismiss")}
								</Button>
								<Button
									size="sm"
									busy={isBusy([hold.id], "apply")}
									aria-label={t("applyOne", { name: hold.label })}
									onClick={() => run([hold.id], "apply")}
								>
									{t("apply")}
								</Button>
							</span>,
						],
					}))}
				/>
				{total > holds.length ? (
					<PanelFoot>{t("first", { count: holds.length, total })}</PanelFoot>
				) : null}
			</Panel>
			<ConfirmDialog
				open={asking}
				onOpenChange={ask}
				title={t("question", words)}
				description={t("consequence", {
					suspended: suspended.length,
					changed: holds.length - suspended.length,
					keys: suspended.reduce((sum, { keys }) => sum + keys, 0),
				})}
				{...(suspended.length > 0 ? { typed: word } : {})}
				confirm={t("confirm", { count: holds.length })}
				cancel={t("keep")}
				action={async () => {
					await answer(all, "apply");
					ask(false);
				}}
			/>
		</div>
	);
}

const nameOf = (ids: string[], decision: Decision) => `${decision} ${ids.join(" ")}`;
