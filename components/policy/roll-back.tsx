"use client";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { useToast } from "@/components/ui/toast";
import { differences } from "@/lib/policy/change";
import type { Policy } from "@/lib/policy/document";
import { ChangeDialog, type PolicyPreview } from "./change-dialog";
import type { PolicyActions } from "./policy-panel";
import type { PolicyNames } from "./words";

/** Back to an earlier revision, as a change like any other: previewed first, saved as the next one. */
export function RollBack({
	slug,
	base,
	revision,
	current,
	target,
	names,
	preview,
	apply,
}: {
	slug: string;
	/** The revision in force. */
	base: number;
	revision: number;
	current: Policy;
	target: Policy;
	names: PolicyNames;
	preview: PolicyActions["preview"];
	apply: PolicyActions["apply"];
}) {
	const t = useTranslations("policy");
	const toast = useToast();
	const router = useRouter();
	const [shown, setShown] = useState<PolicyPreview | null>(null);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [pending, start] = useTransition();
	const edits = Object.fromEntries(
		differences(current, target).map(({ field, after }) => [field, after]),
	) as Partial<Policy>;
	const look = () =>
		start(async () => {
			const answer = await preview(edits, null);
			setShown(answer.ok ? answer : null);
			setRefusal(answer.ok ? null : answer);
		});
	const roll = (reason: string) =>
		start(async () => {
			const done = await apply(base, edits, reason, null);
			setRefusal(done.ok ? null : done);
			if (!done.ok) return;
			setShown(null);
			toast(t("revisions.rolled"));
			router.replace(`/w/${slug}/sso/history`);
		});
	return (
		<div className="space-y-3">
			<Button busy={pending} onClick={look}>
				{t("revisions.roll", { revision })}
			</Button>
			{refusal && !shown ? <RefusalBand refusal={refusal} /> : null}
			<ChangeDialog
				shown={shown}
				title={t("revisions.rollTitle", { revision })}
				word={slug}
				names={names}
				before={current}
				after={target}
				busy={pending}
				refusal={refusal}
				onApply={roll}
				onClose={() => setShown(null)}
			/>
		</div>
	);
}
