"use client";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { Policy } from "@/lib/policy/document";
import { Differences } from "./differences";
import type { PolicyNames } from "./words";

/** What somebody else saved while edits were made. */
export type Moved = {
	revision: number;
	by: string;
	reason: string | null;
	before: Policy;
	after: Policy;
};

/** Shows it beside the edits, which stay; going on rests them on the newer revision. */
export function MovedDialog({
	moved,
	names,
	onClose,
	onRebase,
}: {
	moved: Moved | null;
	names: PolicyNames;
	onClose: () => void;
	onRebase: (revision: number) => void;
}) {
	const t = useTranslations("policy.moved");
	return (
		<Dialog
			open={moved !== null}
			onOpenChange={(open) => {
				if (!open) onClose();
			}}
			size="lg"
			title={t("title", { revision: moved?.revision ?? 0 })}
			description={t("body", { by: moved?.by ?? "" })}
			footer={
				<>
					<Button onClick={onClose}>{t("back")}</Button>
					<Button variant="ink" onClick={() => moved && onRebase(moved.revision)}>
						{t("rebase", { revision: moved?.revision ?? 0 })}
					</Button>
				</>
			}
		>
			{moved ? (
				<div className="space-y-4">
					{moved.reason ? <p>{t("reason", { by: moved.by, reason: moved.reason })}</p> : null}
					<Differences before={moved.before} after={moved.after} names={names} />
				</div>
			) : null}
		</Dialog>
	);
}
