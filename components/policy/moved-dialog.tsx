"use client";
import { useFormatter, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Time } from "@/components/ui/time";
import type { Policy } from "@/lib/policy/document";
import { Differences } from "./differences";
import type { PolicyNames } from "./words";

/** What others saved while edits were made. */
export type Moved = {
	/** The newest, which `after` is of. */
	revision: number;
	/** Newest first. */
	saves: { revision: number; savedBy: string; savedAt: Date; reason: string | null }[];
	before: Policy;
	after: Policy;
	names: PolicyNames;
};

/** Shows it beside the edits, which stay; going on rests them on the newer revision. */
export function MovedDialog({
	moved,
	onClose,
	onRebase,
	onDiscard,
	children,
}: {
	moved: Moved | null;
	onClose: () => void;
	onRebase: (moved: Moved) => void;
	/** Drops the edits for what is saved. */
	onDiscard: () => void;
	/** What of it touches the edits themselves, in place of the row about the mapping. */
	children?: ReactNode;
}) {
	const t = useTranslations("policy.moved");
	const format = useFormatter();
	const { revision = 0, saves = [] } = moved ?? {};
	const count = saves.length;
	const by = format.list([...new Set(saves.map(({ savedBy }) => savedBy))]);
	return (
		<Dialog
			open={moved !== null}
			onOpenChange={(open) => {
				if (!open) onClose();
			}}
			size="lg"
			title={t("title", { count, revision })}
			description={t("body", { count, by })}
			footer={
				<>
					<Button onClick={onClose}>{t("back")}</Button>
					<Button onClick={onDiscard}>{t("discard")}</Button>
					<Button variant="ink" onClick={() => moved && onRebase(moved)}>
						{t("rebase", { revision })}
					</Button>
				</>
			}
		>
			{moved ? (
				<div className="space-y-4">
					<ul className="space-y-1 text-sm">
						{saves.map((save) => (
							<li key={save.revision} className="[overflow-wrap:anywhere]">
								{t.rich("save", {
									revision: save.revision,
									by: save.savedBy,
									at: () => <Time at={save.savedAt} />,
								})}
								{save.reason ? ` ${t("reason", { reason: save.reason })}` : null}
							</li>
						))}
					</ul>
					{children}
					<Differences
						before={moved.before}
						after={children ? { ...moved.after, mappings: moved.before.mappings } : moved.after}
						names={moved.names}
					/>
				</div>
			) : null}
		</Dialog>
	);
}
