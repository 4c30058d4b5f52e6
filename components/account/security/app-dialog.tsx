"use client";
import { useTranslations } from "next-intl";
import { type FormEvent, useState, useTransition } from "react";
import { type Qr, QrCode } from "@/components/login/qr-code";
import type { RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { CopyField } from "@/components/ui/copy-field";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/text-field";

/** The seed of an authenticator app, to scan or to type, and the first code that confirms it. */
export function AppDialog({
	seed,
	confirm,
	onClose,
}: {
	/** Null: closed. */
	seed: { secret: string; qr: Qr } | null;
	/** Null when it is done. */
	confirm: (code: string) => Promise<RefusalView | null>;
	onClose: () => void;
}) {
	const t = useTranslations("security.app");
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [pending, start] = useTransition();
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		const code = String(new FormData(event.currentTarget).get("code") ?? "");
		start(async () => setRefusal(await confirm(code)));
	};
	return (
		<Dialog
			open={seed !== null}
			onOpenChange={(open) => (open ? undefined : onClose())}
			title={t("title")}
			description={t("lead")}
		>
			{seed ? (
				<form method="post" onSubmit={submit} noValidate className="flex flex-1 flex-col gap-4">
					<QrCode qr={seed.qr} label={t("qr")} />
					<CopyField label={t("secret")} value={seed.secret} />
					<TextField
						name="code"
						label={t("code")}
						error={refusal?.why}
						mono
						required
						autoComplete="one-time-code"
						inputMode="numeric"
						spellCheck={false}
					/>
					<div className="-mx-6 mt-auto -mb-5 flex flex-wrap justify-end gap-2 border-t border-line bg-ground px-6 py-3.5 max-md:-mx-4 max-md:px-4 max-md:[&>*]:flex-1">
						<Button onClick={onClose}>{t("cancel")}</Button>
						<Button type="submit" variant="ink" busy={pending}>
							{t("confirm")}
						</Button>
					</div>
				</form>
			) : null}
		</Dialog>
	);
}
