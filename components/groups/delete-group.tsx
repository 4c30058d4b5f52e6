"use client";
import { useTranslations } from "next-intl";
import { DeleteHeld } from "@/components/impact/delete-held";
import type { ImpactView } from "@/components/impact/impact-dialog";
import type { RefusalView } from "@/components/refusal-band";

/** Deleting a group, once it has been seen whom that touches. */
export function DeleteGroup({
	name,
	mapped,
	...frame
}: {
	name: string;
	/** How many directory groups are mapped to it. */
	mapped: number;
	word: string;
	listHref: string;
	preview: () => Promise<ImpactView | RefusalView>;
	remove: () => Promise<{ ok: true } | RefusalView>;
}) {
	const t = useTranslations("groups.danger");
	return (
		<DeleteHeld
			{...frame}
			texts={{
				title: t("title"),
				delete: t("delete"),
				sentence: t("sentence"),
				button: t("button"),
				question: t("question", { name }),
				deleted: t("deleted", { name }),
			}}
			confirm={(count) => t("confirm", { name, count })}
		>
			{() => (mapped > 0 ? <p className="text-sm">{t("mappings", { count: mapped })}</p> : null)}
		</DeleteHeld>
	);
}
