"use client";
import { useTranslations } from "next-intl";
import { RecoveryCodes } from "@/components/login/recovery-codes";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";

/** Recovery codes, once. Nothing but the button closes it. */
export function CodesDialog({
	codes,
	place,
	onDone,
}: {
	/** Null: there is nothing to show. */
	codes: readonly string[] | null;
	place: string;
	onDone: () => void;
}) {
	const t = useTranslations("security.codes");
	return (
		<Dialog
			open={codes !== null}
			onOpenChange={() => undefined}
			locked
			title={t("keep")}
			description={t("keepWhy")}
			footer={
				<Button variant="ink" onClick={onDone}>
					{t("kept")}
				</Button>
			}
		>
			{codes ? <RecoveryCodes codes={codes} place={place} /> : null}
		</Dialog>
	);
}
