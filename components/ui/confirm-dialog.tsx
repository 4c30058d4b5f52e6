"use client";
import { useTranslations } from "next-intl";
import { type ReactNode, useId, useRef, useState } from "react";
import { Button, type ButtonVariant } from "./button";
import { Dialog } from "./dialog";
import { SubmitButton } from "./submit-button";
import { TextField } from "./text-field";

/**
 * A question before something happens. The safe button comes first and has the focus. With `typed`,
 * the other one waits until that word is typed. Named controls among the children are posted to
 * `action`; it stays open while the action runs, and the action decides whether to close it.
 */
export function ConfirmDialog({
	open,
	onOpenChange,
	title,
	description,
	children,
	confirm,
	busyLabel,
	cancel,
	variant = "stop-fill",
	typed,
	error,
	action,
}: {
	open: boolean;
	onOpenChange: (open: boolean) => void;
	title: ReactNode;
	/** The consequence, in numbers. */
	description?: ReactNode;
	children?: ReactNode;
	/** The label is the effect: "Turn off and mail 237". */
	confirm: ReactNode;
	busyLabel?: string;
	/** "Keep SSO on" */
	cancel: ReactNode;
	variant?: ButtonVariant;
	/** The word to type, only where people lose access or data cannot return. */
	typed?: string;
	/** Why the server refused: a `<Band tone="stop" live>`. */
	error?: ReactNode;
	action: (data: FormData) => void | Promise<void>;
}) {
	const t = useTranslations("ui.confirm");
	const safe = useRef<HTMLButtonElement>(null);
	const form = useId();
	const [word, setWord] = useState("");
	const waits = typed !== undefined && word !== typed;
	const toggle = (next: boolean) => {
		if (!next) setWord("");
		onOpenChange(next);
	};
	return (
		<Dialog
			open={open}
			onOpenChange={toggle}
			title={title}
			description={description}
			initialFocus={safe}
		>
			<form action={action} className="flex flex-1 flex-col">
				{error ? <div className="mb-4">{error}</div> : null}
				{children ? <div className="space-y-3">{children}</div> : null}
				{typed === undefined ? null : (
					<TextField
						className="mt-5"
						mono
						autoComplete="off"
						label={
							<span id={`${form}-label`}>
								{t.rich("type", { word: () => <code className="font-semibold">{typed}</code> })}
							</span>
						}
						value={word}
						onChange={(event) => setWord(event.target.value)}
					/>
				)}
				<div className="h-6 shrink-0" />
				<div className="-mx-6 mt-auto -mb-5 flex flex-wrap justify-end gap-2 border-t border-line bg-ground px-6 py-3.5 max-md:-mx-4 max-md:px-4 max-md:[&>*]:flex-1">
					<Button ref={safe} onClick={() => toggle(false)}>
						{cancel}
					</Button>
					<SubmitButton
						variant={variant}
						unavailable={waits && `${form}-label`}
						{...(busyLabel ? { busyLabel } : {})}
					>
						{confirm}
					</SubmitButton>
				</div>
			</form>
		</Dialog>
	);
}
