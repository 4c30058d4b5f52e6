"use client";
import { useTranslations } from "next-intl";
import { type ReactNode, useId, useState } from "react";
import { Button } from "./button";
import { Checkbox } from "./checkbox";
import { CopyJoined } from "./copy-field";
import { Dialog } from "./dialog";

/**
 * A secret, once. It stays until the box is ticked and Done pressed; keep `value` in state alone and
 * drop it in `onDone`. Escape and a press outside do not close it.
 */
export function SecretOnce({
	value,
	what,
	title,
	where,
	place,
	beside,
	onDone,
}: {
	/** The secret; nothing is shown while it is undefined. */
	value: string | undefined;
	/** What it is, for those who hear the copy button: "Token". */
	what: string;
	title?: ReactNode;
	/** Where it goes, in the provider's words. */
	where?: ReactNode;
	/** The provider's name, for the box to tick. */
	place?: string | undefined;
	/** What goes there with it, which is no secret. */
	beside?: ReactNode;
	onDone: () => void;
}) {
	const t = useTranslations("ui.secret");
	const id = useId();
	const [kept, setKept] = useState(false);
	const done = () => {
		setKept(false);
		onDone();
	};
	return (
		<Dialog
			open={value !== undefined}
			onOpenChange={() => undefined}
			locked
			title={title ?? t("title")}
			description={
				<>
					{t("once")} {where}
				</>
			}
			footer={
				<Button variant="ink" unavailable={!kept && id} onClick={done}>
					{t("done")}
				</Button>
			}
		>
			{beside ? (
				<>
					{beside}
					<div className="mt-4 mb-1.5 text-sm font-medium">{what}</div>
				</>
			) : null}
			<div className="flex items-stretch overflow-hidden rounded-md border border-line-2 bg-sunk">
				<code className="min-w-0 flex-1 px-3 py-2.5 text-sm leading-5 break-all">{value}</code>
				<CopyJoined
					value={value ?? ""}
					what={what}
					className="border-l border-line-2 -outline-offset-2"
				/>
			</div>
			<Checkbox
				className="mt-4"
				checked={kept}
				onChange={(event) => setKept(event.target.checked)}
				label={place ? t("kept", { place }) : t("keptNowhere")}
			/>
			<span id={id} className="sr-only">
				{t("tickFirst")}
			</span>
		</Dialog>
	);
}
