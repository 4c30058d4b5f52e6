"use client";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useOptimistic, useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Band } from "@/components/ui/band";
import { ButtonLink } from "@/components/ui/button";
import { CopyField } from "@/components/ui/copy-field";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel, PanelBody, PanelFoot, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { SettingRow, settingIds } from "@/components/ui/setting-row";
import { type State, StateBadge } from "@/components/ui/state";
import { Switch } from "@/components/ui/switch";
import { Time } from "@/components/ui/time";
import { LookAgain } from "./look-again";
import { type TokenActions, Tokens, type TokenView } from "./tokens";

export type DirectoryView = {
	enabled: boolean;
	/** Whether it was ever turned on. */
	exists: boolean;
	strict: boolean;
	/** A PATCH of a group is answered with the group. */
	groupAnswer: boolean;
	state: State;
	endpoint: string;
	endpointOfWorkspace: string;
	people: number;
	activePeople: number;
	groups: number;
	/** In the last 24 hours. */
	requests: { all: number; refused: number };
	held: number;
	lastRequestAt: Date | null;
	tokens: TokenView[];
	/** None works, because turning SSO off ended them. */
	endedWithSso: boolean;
	provider: string;
	/** Why the endpoint answers 403 although it is on, in words. */
	closed: string | null;
	/** The pages about the directory begin here. */
	href: string;
};

type Set = (on: boolean) => Promise<{ ok: true } | RefusalView>;

export type DirectoryActions = {
	setEnabled: Set;
	setStrict: Set;
	setGroupAnswer: Set;
	tokens: TokenActions;
};

/** Directory sync: its switch, where the provider sends people to, and the tokens it comes with. */
export function DirectoryPanel({
	directory,
	actions,
	guided = false,
}: {
	directory: DirectoryView;
	actions: DirectoryActions;
	/** The steps at the provider are beside it already. */
	guided?: boolean;
}) {
	const t = useTranslations("directory");
	const { href } = directory;
	const waits = directory.enabled && directory.tokens.length > 0 && !directory.lastRequestAt;
	return (
		<Section
			id="directory"
			title={t("title")}
			badge={<StateBadge state={directory.state} />}
			description={t("description", { provider: directory.provider })}
			actions={guided ? null : <ButtonLink href={href}>{t("guide")}</ButtonLink>}
		>
			<Panel>
				{directory.held > 0 ? (
					<Band
						inset
						tone="care"
						title={t("held", { count: directory.held })}
						action={<ButtonLink href={`${href}/holds`}>{t("seeHeld")}</ButtonLink>}
					>
						{t("heldSentence")}
					</Band>
				) : null}
				<Toggle
					id="directory-enabled"
					name={t("enabled")}
					sentence={t("enabledSentence")}
					reason={directory.closed}
					on={directory.enabled}
					set={actions.setEnabled}
				/>
				<PanelBody className="space-y-4">
					<CopyField label={t("endpoint")} value={directory.endpoint} />
					<CopyField label={t("endpointOfWorkspace")} value={directory.endpointOfWorkspace} />
					<p className="text-sm text-ink-2">
						{t("people", { count: directory.people, active: directory.activePeople })}
						{directory.groups > 0 ? ` ${t("groups", { count: directory.groups })}` : null}
						{directory.requests.all > 0 ? ` ${t("requests", directory.requests)}` : null}
						{directory.lastRequestAt ? (
							<>
								{" "}
								{t.rich("lastRequest", { at: () => <Time at={directory.lastRequestAt ?? ""} /> })}
							</>
						) : null}
					</p>
				</PanelBody>
				{waits ? <FirstRequest provider={directory.provider} /> : null}
				<Tokens
					tokens={directory.tokens}
					endedWithSso={directory.endedWithSso}
					enabled={directory.enabled}
					provider={directory.provider}
					actions={actions.tokens}
				/>
				{directory.exists ? (
					<>
						<Toggle
							id="directory-strict"
							name={t("strict")}
							sentence={t("strictSentence")}
							on={directory.strict}
							set={actions.setStrict}
						/>
						<Toggle
							id="directory-group-answer"
							name={t("groupAnswer")}
							sentence={t("groupAnswerSentence")}
							on={directory.groupAnswer}
							set={actions.setGroupAnswer}
						/>
						<PanelFoot>
							<nav aria-label={t("more")} className="flex flex-wrap gap-x-5 gap-y-1">
								{(["requests", "drift", "self-test", "holds"] as const).map((page) => (
									<Link
										key={page}
										href={`${href}/${page}`}
										className="font-medium text-ink underline-offset-4 hover:underline max-md:py-3"
									>
										{t(`pages.${page}`)}
									</Link>
								))}
							</nav>
						</PanelFoot>
					</>
				) : null}
			</Panel>
		</Section>
	);
}

/** A switch that acts at once, and says under its row why it did not. */
function Toggle({
	id,
	name,
	sentence,
	reason,
	on,
	set,
}: {
	id: string;
	name: string;
	sentence: string;
	reason?: string | null;
	on: boolean;
	set: Set;
}) {
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [pending, start] = useTransition();
	const [checked, show] = useOptimistic(on);
	const ids = settingIds(id);
	const toggle = (next: boolean) =>
		start(async () => {
			show(next);
			const done = await set(next);
			setRefusal(done.ok ? null : done);
		});
	return (
		<>
			<SettingRow
				id={id}
				name={name}
				sentence={sentence}
				reason={reason}
				control={
					<Switch
						checked={checked}
						aria-busy={pending}
						aria-labelledby={ids.name}
						aria-describedby={ids.sentence}
						onChange={(event) => toggle(event.target.checked)}
					/>
				}
			/>
			{refusal ? (
				<PanelRow>
					<RefusalBand refusal={refusal} />
				</PanelRow>
			) : null}
		</>
	);
}

/** The page looks by itself until the provider has called. */
function FirstRequest({ provider }: { provider: string }) {
	const t = useTranslations("directory.first");
	return (
		<EmptyState title={t("title")} listening={t("listening")}>
			{t("body", { provider })}
			<LookAgain />
		</EmptyState>
	);
}
