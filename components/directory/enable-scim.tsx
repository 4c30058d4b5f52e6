"use client";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { CopyField } from "@/components/ui/copy-field";
import { SecretOnce } from "@/components/ui/secret-once";

type Made = { ok: true; endpoint: string; token: string | null };

/** Turns directory sync on from the connection, and shows at once what the provider wants of it. */
export function EnableScim({
	provider,
	href,
	enable,
}: {
	provider: string;
	/** Where its steps are. */
	href: string;
	enable: () => Promise<Made | RefusalView>;
}) {
	const t = useTranslations("directory");
	const router = useRouter();
	const [made, setMade] = useState<Made | null>(null);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [pending, start] = useTransition();
	const run = () =>
		start(async () => {
			const done = await enable();
			setRefusal(done.ok ? null : done);
			if (!done.ok) return;
			if (done.token === null) router.push(href);
			else setMade(done);
		});
	return (
		<>
			<Button size="sm" busy={pending} onClick={run}>
				{t("enableScim")}
			</Button>
			{refusal ? (
				<div className="w-full">
					<RefusalBand refusal={refusal} />
				</div>
			) : null}
			<SecretOnce
				value={made?.token ?? undefined}
				what={t("tokens.token")}
				title={t("enabledScim", { provider })}
				where={t("tokens.where")}
				place={provider}
				beside={<CopyField label={t("baseUrl")} value={made?.endpoint ?? ""} />}
				onDone={() => router.push(href)}
			/>
		</>
	);
}
