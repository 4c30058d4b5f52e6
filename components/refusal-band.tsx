"use client";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { Band } from "@/components/ui/band";
import { ButtonLink } from "@/components/ui/button";

/** A refused change as an action answers it: why, and what to do. */
export type RefusalView = {
	ok: false;
	reason: string;
	why: string;
	fix: string;
	field?: string;
	/** The value that the field should have. */
	instead?: string;
};

/** Stands beside the action that was refused. Everything typed stays where it is. */
export function RefusalBand({ refusal }: { refusal: RefusalView }) {
	const t = useTranslations("ui.refusal");
	const path = usePathname();
	const workspace = /^\/w\/([^/]+)/.exec(path)?.[1] ?? "";
	const again = `/login/again?${new URLSearchParams({ workspace, next: path })}`;
	return (
		<Band
			tone="stop"
			title={refusal.why}
			live
			action={
				refusal.reason === "needs_fresh_sign_in" ? (
					<ButtonLink href={again}>{t("again")}</ButtonLink>
				) : null
			}
		>
			{refusal.fix}
		</Band>
	);
}
