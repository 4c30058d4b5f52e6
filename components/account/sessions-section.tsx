"use client";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Panel, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";

export type SessionView = {
	id: string;
	/** "Firefox on Linux" */
	device: string;
	/** "With a password" */
	method: string;
	address: string | null;
	createdAt: Date;
	lastSeenAt: Date;
	/** The one that shows this page. */
	current: boolean;
};

/** Where this account is signed in, and ending that. */
export function SessionsSection({
	sessions,
	actions,
}: {
	sessions: readonly SessionView[];
	actions: {
		end: (id: string) => Promise<{ ok: true } | RefusalView>;
		endOthers: () => Promise<{ ok: true; ended: number } | RefusalView>;
	};
}) {
	const t = useTranslations("account.sessions");
	const toast = useToast();
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [pending, start] = useTransition();
	const [ending, setEnding] = useState<string | null>(null);
	const endOthers = () =>
		start(async () => {
			setEnding("others");
			const done = await actions.endOthers();
			setRefusal(done.ok ? null : done);
			if (done.ok) toast(t("ended", { count: done.ended }));
		});
	const end = (id: string) =>
		start(async () => {
			setEnding(id);
			const done = await actions.end(id);
			setRefusal(done.ok ? null : done);
			if (done.ok) toast(t("ended", { count: 1 }));
		});
	return (
		<Section
			id="sessions"
			title={t("title")}
			description={t("description")}
			actions={
				sessions.length > 1 ? (
					<Button busy={pending && ending === "others"} onClick={endOthers}>
						{t("endOthers")}
					</Button>
				) : null
			}
		>
			<Panel>
				{refusal ? (
					<PanelRow>
						<RefusalBand refusal={refusal} />
					</PanelRow>
				) : null}
				{sessions.map((session) => (
					<PanelRow
						key={session.id}
						className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2"
					>
						<div className="min-w-0 flex-1 basis-52">
							<div className="flex flex-wrap items-center gap-2 font-medium">
								{session.device}
								{session.current ? <Tag tone="pass">{t("current")}</Tag> : null}
							</div>
							<div className="text-sm text-ink-2">
								{t.rich("since", {
									method: session.method,
									at: () => <Time at={session.createdAt} />,
								})}{" "}
								{t.rich("seen", { at: () => <Time at={session.lastSeenAt} /> })}
								{session.address ? (
									<>
										{" "}
										<span className="mono">{session.address}</span>
									</>
								) : null}
							</div>
						</div>
						{session.current ? null : (
							<Button
								size="sm"
								aria-label={t("endOne", { device: session.device })}
								busy={pending && ending === session.id}
								onClick={() => end(session.id)}
							>
								{t("end")}
							</Button>
						)}
					</PanelRow>
				))}
			</Panel>
		</Section>
	);
}
