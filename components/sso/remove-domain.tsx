"use client";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import type { DomainActions } from "@/components/sso/domains-panel";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useToast } from "@/components/ui/toast";

/** Asks before a domain goes, with whom that would concern. */
export function RemoveDomain({
	domain,
	preview,
	remove,
	onClose,
}: {
	/** Null: nothing is asked. */
	domain: string | null;
	preview: DomainActions["preview"];
	remove: DomainActions["remove"];
	onClose: () => void;
}) {
	const t = useTranslations("sso.domains.remove");
	const toast = useToast();
	const [impact, setImpact] = useState<{ people: number; linked: number } | null>(null);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	useEffect(() => {
		if (domain === null) return;
		let asked = true;
		setImpact(null);
		setRefusal(null);
		preview(domain).then((found) => {
			if (!asked) return;
			if (found.ok) setImpact(found);
			else setRefusal(found);
		});
		return () => {
			asked = false;
		};
	}, [domain, preview]);
	const name = domain ?? "";
	return (
		<ConfirmDialog
			open={domain !== null}
			onOpenChange={(open) => {
				if (!open) onClose();
			}}
			title={t("question", { domain: name })}
			description={t("consequence", { domain: name })}
			confirm={t("confirm", { domain: name })}
			cancel={t("cancel")}
			error={refusal ? <RefusalBand refusal={refusal} /> : null}
			action={async () => {
				const done = await remove(name);
				if (!done.ok) return setRefusal(done);
				toast(t("removed", { domain: name }));
				onClose();
			}}
		>
			<p className="text-sm" role="status">
				{impact ? t("people", impact) : null}
			</p>
		</ConfirmDialog>
	);
}
