"use client";
import { Download } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Band } from "@/components/ui/band";
import { Button, buttonClass } from "@/components/ui/button";
import { Time } from "@/components/ui/time";

export type OurCertificateView = {
	/** Whether an admin said that the provider has it. */
	taken: boolean;
	publishedAt: Date;
	fingerprint: string;
	expiresAt: Date;
	href: string;
};

/** The new certificate of ours that the provider needs, while it replaces another. */
export function OurCertificate({
	view,
	provider,
	note,
}: {
	view: OurCertificateView;
	provider: string;
	/** Notes that the provider has it, or takes that back. */
	note: (taken: boolean) => Promise<{ ok: true } | RefusalView>;
}) {
	const t = useTranslations("connection.ours");
	const router = useRouter();
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [pending, start] = useTransition();
	const { taken, publishedAt, fingerprint, expiresAt, href } = view;
	const change = () =>
		start(async () => {
			const done = await note(!taken);
			setRefusal(done.ok ? null : done);
			if (done.ok) router.refresh();
		});
	return (
		<div className="space-y-3">
			<Band
				tone={taken ? "pass" : "care"}
				title={t(taken ? "taken.title" : "waits.title", { provider })}
				action={
					<>
						{taken ? null : (
							<a href={href} download className={buttonClass()}>
								<Download aria-hidden />
								{t("download")}
							</a>
						)}
						<Button busy={pending} busyLabel={t("taking")} onClick={change}>
							{taken ? t("goBack") : t("take", { provider })}
						</Button>
					</>
				}
			>
				<p>
					{t.rich(taken ? "taken.body" : "waits.body", {
						provider,
						at: () => <Time at={publishedAt} />,
					})}
				</p>
				{taken ? null : <p className="mt-1.5">{t("waits.means", { provider })}</p>}
				<p className="mt-1.5 [overflow-wrap:anywhere]">
					{t.rich("fingerprint", { fingerprint, on: () => <Time at={expiresAt} as="day" /> })}
				</p>
			</Band>
			{refusal ? <RefusalBand refusal={refusal} /> : null}
		</div>
	);
}
