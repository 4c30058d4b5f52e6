"use client";
import { Mail } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { PanelFoot, PanelRow } from "@/components/ui/panel";
import { useToast } from "@/components/ui/toast";

/** Mails a member a link to choose a password: a first one, or another. */
export function PasswordLink({
	email,
	hasPassword,
	send,
}: {
	email: string;
	hasPassword: boolean;
	send: () => Promise<{ ok: true } | RefusalView>;
}) {
	const t = useTranslations("member.passwordLink");
	const toast = useToast();
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [busy, start] = useTransition();
	const press = () =>
		start(async () => {
			const done = await send();
			setRefusal(done.ok ? null : done);
			if (done.ok) toast(t("sent", { email }));
		});
	return (
		<>
			{refusal ? (
				<PanelRow>
					<RefusalBand refusal={refusal} />
				</PanelRow>
			) : null}
			<PanelFoot className="justify-between gap-x-4">
				<span className="min-w-0 flex-1 basis-60">{t(hasPassword ? "resetLead" : "setLead")}</span>
				<Button icon={<Mail aria-hidden />} busy={busy} onClick={press}>
					{t(hasPassword ? "reset" : "set")}
				</Button>
			</PanelFoot>
		</>
	);
}
