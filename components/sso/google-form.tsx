"use client";
import { CircleCheck } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect } from "react";
import { useGuideFacts } from "@/components/guide/guide-facts";
import { Button } from "@/components/ui/button";
import { Panel, PanelBody } from "@/components/ui/panel";
import { TextField } from "@/components/ui/text-field";
import type { OidcDraft } from "@/lib/sso/draft";
import { FormFrame, type TurnOn } from "./form-frame";
import { FormPart } from "./form-part";
import { useConnectionForm } from "./use-connection-form";
import type { ConnectionActions } from "./use-test";

const fields = ["name", "hostedDomain"] as const satisfies (keyof OidcDraft)[];

/**
 * Google Workspace by the deployment's own client: no value is exchanged. The account that the admin
 * chooses at Google says which organization it is, and shows it here before anything is saved.
 */
export function GoogleForm({
	id,
	initial,
	provider,
	bound,
	saved,
	domains,
	actions,
	backHref,
	ownHref,
	turnOn,
	result,
}: {
	/** The connection being edited; null for a new one. */
	id: string | null;
	initial: OidcDraft;
	provider: string;
	/** The domain of the account that was chosen, now or when this was saved. */
	bound: { domain: string; tested: boolean } | null;
	/** The domain that is stored. */
	saved: string | null;
	domains: ReactNode;
	actions: ConnectionActions;
	backHref: string;
	/** Where a client of the workspace's own is entered instead. */
	ownHref: string;
	turnOn: TurnOn | null;
	result: ReactNode;
}) {
	const t = useTranslations("connection");
	const state = useConnectionForm<OidcDraft>({
		id,
		initial,
		fields,
		actions,
		provider,
		leadTo: () => backHref,
	});
	const { form, fieldProps } = state;
	const domain = bound?.domain ?? "";
	useEffect(() => form.setValue("hostedDomain", domain), [form, domain]);
	const { note } = useGuideFacts();
	const tested = bound?.tested ?? false;
	useEffect(() => {
		// What is known of a stored connection stays known.
		if (tested) note("tested", true);
	}, [note, tested]);
	const chooseAccount = () => {
		// Blank lets the account say it.
		form.setValue("hostedDomain", "");
		void state.test();
	};
	return (
		<FormFrame
			state={state}
			provider={provider}
			testable={bound !== null}
			// An account that passed a moment ago need not be asked again.
			turnOn={bound && turnOn ? { ...turnOn, by: bound.tested ? "switch" : turnOn.by } : null}
			saveIsMain={bound !== null}
			result={result}
			{...(bound ? {} : { note: t("google.note") })}
		>
			<Panel>
				<FormPart title={t("google.title")} lead={t("google.lead", { provider })}>
					{bound ? (
						<p className="flex gap-2">
							<CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 stroke-[1.6] text-pass" />
							<span className="min-w-0">
								{t.rich("google.bound", {
									domain: () => <b className="mono [overflow-wrap:anywhere]">{bound.domain}</b>,
								})}{" "}
								{saved === bound.domain
									? null
									: t(saved ? "google.replaces" : "google.unsaved", { saved: saved ?? "" })}
							</span>
						</p>
					) : null}
					<Button
						variant={bound ? "line" : "ink"}
						busy={state.testing !== null}
						busyLabel={state.testing === "asking" ? t("asking") : t("testing")}
						onClick={chooseAccount}
					>
						{t(bound ? "google.another" : "google.sign")}
					</Button>
					<p className="text-sm text-ink-2">
						{t("google.own")}{" "}
						<Link href={ownHref} className="link">
							{t("google.ownLink")}
						</Link>
					</p>
				</FormPart>
				<PanelBody className="space-y-4">
					<TextField label={t("fields.name")} hint={t("hints.name")} {...fieldProps("name")} />
				</PanelBody>
				<FormPart title={t("who")} lead={t("google.whoLead", { provider })}>
					{domains}
				</FormPart>
			</Panel>
		</FormFrame>
	);
}
