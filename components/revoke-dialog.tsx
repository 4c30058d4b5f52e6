"use client";
import { useState } from "react";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { RefusalBand, type RefusalView } from "./refusal-band";

/** Asks before one row of a list is ended. A refusal stands inside, and the question with it. */
export function RevokeDialog<Row>({
	row,
	texts,
	revoke,
	onDone,
	onClose,
}: {
	/** Null: closed. */
	row: Row | null;
	texts: Record<"title" | "description" | "confirm" | "cancel", string>;
	revoke: (row: Row) => Promise<{ ok: true } | RefusalView>;
	onDone?: (row: Row) => void;
	onClose: () => void;
}) {
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const close = () => {
		setRefusal(null);
		onClose();
	};
	return (
		<ConfirmDialog
			{...texts}
			open={row !== null}
			onOpenChange={(open) => {
				if (!open) close();
			}}
			error={refusal ? <RefusalBand refusal={refusal} /> : null}
			action={async () => {
				if (row === null) return;
				const done = await revoke(row);
				if (!done.ok) {
					setRefusal(done);
					return;
				}
				onDone?.(row);
				close();
			}}
		/>
	);
}
