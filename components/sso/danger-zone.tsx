"use client";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Panel, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { useToast } from "@/components/ui/toast";
import type { Policy } from "@/lib/policy/document";
import type { OffNumbers } from "@/lib/sso/turned-off";

type Done = { ok: true } | RefusalView;

export type DangerView = {
	id: string;
	provider: string;
	slug: string;
	/** It is on; what is off cannot be paused or turned off. */
	active: boolean;
	/** No other one is on: with it SSO as a whole goes off. */
	last: boolean;
	/** None is on: SSO as a whole goes on with it. */
	first: boolean;
	numbers: OffNumbers;
	policy: Pick<Policy, "endSessionsOn" | "afterSsoOff" | "revokeTokensWithSso" | "enforceSso">;
};

export type DangerActions = {
	pause: (id: string, offerPasswords: boolean) => Promise<Done>;
	turnOff: (word: string, offerPasswords: boolean) => Promise<Done>;
	remove: (id: string, offerPasswords: boolean) => Promise<Done>;
};

type Act = keyof DangerActions;

/** What takes a way in away. Each says first what it would do, in numbers. */
export function DangerZone({
	views,
	actions,
}: {
	/** One a connection. */
	views: readonly DangerView[];
	actions: DangerActions;
}) {
	const t = useTranslations("sso.danger");
	const [asked, setAsked] = useState<{ act: Act; view: DangerView } | null>(null);
	const on = views.find(({ active }) => active);
	const rows: { act: Act; view: DangerView }[] = [
		...views.filter(({ active }) => active).map((view) => ({ act: "pause" as const, view })),
		...(on ? [{ act: "turnOff" as const, view: { ...on, last: true } }] : []),
		...views.map((view) => ({ act: "remove" as const, view })),
	];
	const shown = asked?.view ?? views[0];
	return (
		<Section id="danger" title={t("title")} description={t("description")}>
			<Panel tone="stop">
				{rows.map(({ act, view }) => (
					<PanelRow
						key={`${act} ${view.id}`}
						className="flex flex-wrap items-center justify-between gap-4"
					>
						<div className="min-w-0 flex-1 basis-64">
							<div className="font-medium">
								{views.length > 1 && act !== "turnOff"
									? t(`${act}.nameOf`, { provider: view.provider })
									: t(`${act}.name`)}
							</div>
							<div className="text-sm text-ink-2">
								{t(`${act}.sentence`, { provider: view.provider })}
							</div>
						</div>
						<Button variant="stop" onClick={() => setAsked({ act, view })}>
							{t(`${act}.button`)}
						</Button>
					</PanelRow>
				))}
			</Panel>
			{shown ? (
				<OffDialog
					key={`${asked?.act} ${shown.id}`}
					act={asked?.act ?? null}
					view={shown}
					actions={actions}
					onClose={() => setAsked(null)}
				/>
			) : null}
		</Section>
	);
}

/** The question before it, with what follows and who would be left without a way in. */
export function OffDialog({
	act,
	view,
	actions,
	onClose,
}: {
	/** Null: closed. */
	act: Act | null;
	view: DangerView;
	actions: DangerActions;
	onClose: () => void;
}) {
	const t = useTranslations("sso.danger");
	const toast = useToast();
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const { provider, numbers, policy, slug, id, last } = view;
	const shown = act ?? "pause";
	// What is off, or one of several, takes nobody's way in.
	const stranded = last ? numbers.federated : 0;
	const mayOffer = policy.afterSsoOff === "passwordSet";
	const run = async (data: FormData) => {
		const offer = data.get("offer") === "on";
		const done =
			shown === "turnOff" ? await actions.turnOff(slug, offer) : await actions[shown](id, offer);
		if (!done.ok) {
			setRefusal(done);
			return;
		}
		toast(t(`${shown}.done`, { provider }));
		onClose();
	};
	return (
		<ConfirmDialog
			open={act !== null}
			onOpenChange={(open) => {
				if (!open) onClose();
			}}
			title={t(`${shown}.question`, { provider })}
			description={t(`${shown}.sentence`, { provider })}
			confirm={t(`${shown}.confirm`, { provider })}
			cancel={t("keep", { provider })}
			{...(shown === "remove" || stranded > 0 ? { typed: slug } : {})}
			error={refusal ? <RefusalBand refusal={refusal} /> : null}
			action={run}
		>
			<Consequences act={shown} view={view} stranded={stranded} />
			{stranded > 0 && mayOffer ? (
				<Checkbox name="offer" defaultChecked label={t("offer", { count: stranded })} />
			) : null}
		</ConfirmDialog>
	);
}

/** What follows, a line each. */
function Consequences({ act, view, stranded }: { act: Act; view: DangerView; stranded: number }) {
	const t = useTranslations("sso.danger.follows");
	const { active, last, numbers, policy } = view;
	const ends = policy.endSessionsOn;
	const signedOut =
		(active && ends.includes("disabled")) ||
		(act === "remove" && ends.includes("connectionRemoved"));
	const lines: [string, ReactNode][] = [
		["people", active && t("people", { count: numbers.people })],
		[
			"stranded",
			stranded > 0 &&
				t(policy.afterSsoOff === "passwordSet" ? "noPassword" : "stayOut", { count: stranded }),
		],
		[
			"passwords",
			last && policy.enforceSso.mode !== "off" && t(act === "turnOff" ? "ends" : "reopens"),
		],
		["sessions", signedOut ? t("sessions", { count: numbers.sessions }) : t("sessionsStay")],
		[
			"tokens",
			last &&
				numbers.tokens > 0 &&
				t(policy.revokeTokensWithSso === "yes" ? "tokens" : "tokensStay", {
					count: numbers.tokens,
				}),
		],
	];
	return (
		<ul className="list-disc space-y-1 pl-5 text-sm text-ink-2">
			{lines.map(([key, line]) => (line ? <li key={key}>{line}</li> : null))}
		</ul>
	);
}
