"use client";
import { useTranslations } from "next-intl";
import { type FormEvent, type ReactNode, useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button, type ButtonVariant } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/text-field";

/** What a member is asked for before the account changes: the password, or a recent sign-in. */
export type ProofAsked = "password" | "recent";

/**
 * A form in a dialog that asks for proof of who acts. `action` gets what `children` name, and
 * `password` where that is asked for. It answers with a refusal, which is shown beside its field.
 */
export function ProofDialog({
	open,
	onOpenChange,
	title,
	description,
	asks,
	confirm,
	variant = "ink",
	action,
	children,
}: {
	open: boolean;
	onOpenChange: (open: boolean) => void;
	title: string;
	description?: string;
	asks: ProofAsked;
	confirm: string;
	variant?: ButtonVariant;
	/** Null when it is done: the dialog closes. */
	action: (form: FormData) => Promise<RefusalView | null>;
	/** Fields above the password; given what was refused of them. */
	children?: (refusal: RefusalView | null) => ReactNode;
}) {
	const t = useTranslations("account.proof");
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const toggle = (next: boolean) => {
		if (!next) setRefusal(null);
		onOpenChange(next);
	};
	const [pending, start] = useTransition();
	// Not as the form's own action: React would empty the fields after a refusal.
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		const form = new FormData(event.currentTarget);
		start(async () => {
			const refused = await action(form);
			setRefusal(refused);
			if (!refused) onOpenChange(false);
		});
	};
	const wrong = refusal?.field === "password" ? refusal : null;
	return (
		<Dialog open={open} onOpenChange={toggle} title={title} description={description}>
			<form method="post" onSubmit={submit} noValidate className="flex flex-1 flex-col gap-4">
				{refusal && !refusal.field ? <RefusalBand refusal={refusal} /> : null}
				{children?.(refusal)}
				{asks === "password" ? (
					<TextField
						type="password"
						name="password"
						label={t("password")}
						autoComplete="current-password"
						required
						{...(wrong ? { error: wrong.why } : {})}
					/>
				) : null}
				<div className="-mx-6 mt-auto -mb-5 flex flex-wrap justify-end gap-2 border-t border-line bg-ground px-6 py-3.5 max-md:-mx-4 max-md:px-4 max-md:[&>*]:flex-1">
					<Button onClick={() => toggle(false)}>{t("cancel")}</Button>
					<Button type="submit" variant={variant} busy={pending}>
						{confirm}
					</Button>
				</div>
			</form>
		</Dialog>
	);
}
