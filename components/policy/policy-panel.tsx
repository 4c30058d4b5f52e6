"use client";
import { History, ScrollText } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { ActionBar } from "@/components/ui/action-bar";
import { Button, ButtonLink } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Panel, PanelFoot, PanelHead } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";
import { useLeaveGuard } from "@/components/use-leave-guard";
import { type ChangeFacts, sameValue, unavailable } from "@/lib/policy/change";
import type { Policy, PolicyField } from "@/lib/policy/document";
import type { ProfileName } from "@/lib/policy/profiles";
import { ChangeDialog, type PolicyPreview } from "./change-dialog";
import { CodesForm } from "./codes-form";
import { type EnforceActions, EnforceDialog } from "./enforce-dialog";
import { policyRows } from "./fields";
import { type Moved, MovedDialog } from "./moved-dialog";
import {
	AttributeRow,
	BrakeRow,
	DefaultRoleRow,
	DomainsRow,
	EnforceRow,
	ExceptionsRow,
	type FindMember,
	MinutesRow,
	TwoFactorRows,
} from "./own-rows";
import { PlainRow, type RowContext, type Why } from "./policy-row";
import type { PolicyNames } from "./words";

export type PolicyView = {
	revision: number;
	savedBy: string;
	savedAt: Date;
	reason: string | null;
	document: Policy;
	facts: ChangeFacts;
	names: PolicyNames;
	domains: string[];
	/** For each reason that can close a value: why, and where that is changed. */
	whys: RowContext["whys"];
	slug: string;
	/** The ways back in that there are. */
	ways: { codes: number; holders: number; admins: number; own: number };
};

export type PolicyActions = EnforceActions & {
	preview: (
		edits: Partial<Policy>,
		startFrom: ProfileName | null,
	) => Promise<PolicyPreview | RefusalView>;
	apply: (
		base: number,
		edits: Partial<Policy>,
		reason: string,
		startFrom: ProfileName | null,
	) => Promise<{ ok: true } | RefusalView>;
	/** What was saved since a revision. */
	moved: (since: number) => Promise<Moved | null>;
	find: FindMember;
};

/**
 * The sign-in policy. Edits stay in the page until they are applied, and applying always shows
 * first whom it touches.
 */
export function PolicyPanel({ policy, actions }: { policy: PolicyView; actions: PolicyActions }) {
	const t = useTranslations("policy");
	const toast = useToast();
	const router = useRouter();
	const [edits, setEdits] = useState<Partial<Policy>>({});
	const [found, setFound] = useState<Record<string, string>>({});
	const [shown, setShown] = useState<PolicyPreview | null>(null);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [moved, setMoved] = useState<Moved | null>(null);
	const [base, setBase] = useState(policy.revision);
	const [enforcing, setEnforcing] = useState(false);
	const [making, setMaking] = useState(false);
	const [pending, start] = useTransition();
	const draft: Policy = { ...policy.document, ...edits };
	const edited = Object.keys(edits).length;
	useLeaveGuard(edited > 0);
	const touches = useTouches(edits, actions.preview);

	// A newer revision that was loaded without edits is what edits now rest on.
	if (edited === 0 && base !== policy.revision) setBase(policy.revision);

	const edit = (changes: Partial<Policy>) => {
		setRefusal(null);
		const next = { ...edits, ...changes };
		const kept = Object.entries(next).filter(
			([field]) =>
				!sameValue(field as PolicyField, { ...policy.document, ...next }, policy.document),
		);
		setEdits(Object.fromEntries(kept) as Partial<Policy>);
	};
	const names = { ...policy.names, people: { ...policy.names.people, ...found } };
	const context: RowContext = {
		policy: draft,
		saved: policy.document,
		names,
		unavailable: unavailable(
			{ ...draft, pinned: policy.document.pinned, mappings: draft.mappings },
			policy.facts,
		),
		whys: policy.whys,
		edit,
		isEdited: (field) => field in edits,
	};
	const discard = () => {
		setEdits({});
		// What others saved since is what there is then.
		if (refusal?.reason === "policy_moved") router.refresh();
		setRefusal(null);
	};
	const look = () =>
		start(async () => {
			const answer = await actions.preview(edits, null);
			setShown(answer.ok ? answer : null);
			setRefusal(answer.ok ? null : answer);
		});
	const apply = (reason: string) =>
		start(async () => {
			const done = await actions.apply(base, edits, reason, null);
			if (!done.ok) {
				setRefusal(done);
				if (done.reason === "policy_moved") {
					setShown(null);
					setMoved(await actions.moved(base));
				}
				return;
			}
			toast(t("dialog.applied"));
			setShown(null);
			setEdits({});
			setRefusal(null);
		});
	const home = `/w/${policy.slug}/sso`;
	return (
		<Section
			id="policy"
			title={t("title")}
			description={t("description")}
			actions={
				<>
					<ButtonLink href={`${home}/rules`} icon={<ScrollText aria-hidden />}>
						{t("rules")}
					</ButtonLink>
					<ButtonLink href={`${home}/history`} icon={<History aria-hidden />}>
						{t("history")}
					</ButtonLink>
				</>
			}
		>
			<Panel>
				{policyRows.map(({ group, rows }) => (
					<div key={group} className="[&>*+*]:border-t [&>*+*]:border-line">
						<PanelHead>{t(`groups.${group}`)}</PanelHead>
						{rows.map((spec) =>
							spec.kind === "own" ? (
								<OwnRow
									key={spec.field}
									field={spec.field}
									context={context}
									domains={policy.domains}
									find={actions.find}
									onFound={({ id, label }) => setFound({ ...found, [id]: label })}
									onEnforce={() => setEnforcing(true)}
								/>
							) : (
								<PlainRow key={spec.field} spec={spec} context={context} />
							),
						)}
					</div>
				))}
				<PanelFoot>
					<span>
						{t.rich("revision", {
							revision: policy.revision,
							by: policy.savedBy,
							at: () => <Time at={policy.savedAt} />,
						})}
						{policy.reason ? `: ${t("because", { reason: policy.reason })}` : null}
					</span>
					<span
						id="policy-codes"
						tabIndex={-1}
						className="ml-auto flex flex-wrap items-center gap-2"
					>
						{t("codes.held", policy.ways)}
						<Button size="sm" variant="quiet" onClick={() => setMaking(true)}>
							{policy.ways.own > 0 ? t("codes.again") : t("codes.open")}
						</Button>
					</span>
				</PanelFoot>
			</Panel>
			{edited > 0 ? (
				<ActionBar
					actions={
						<>
							<Button variant="quiet" onClick={discard}>
								{t("discard")}
							</Button>
							{refusal?.reason === "policy_moved" ? (
								<Button
									busy={pending}
									onClick={() => start(async () => setMoved(await actions.moved(base)))}
								>
									{t("compare")}
								</Button>
							) : null}
							<Button variant="ink" busy={pending} onClick={look}>
								{t("look")}
							</Button>
						</>
					}
				>
					<span className="font-medium text-ink">{t("notApplied", { count: edited })}</span>{" "}
					{touches ? t("touches", { count: touches.count, of: touches.people }) : null}
				</ActionBar>
			) : null}
			{refusal && !shown ? (
				<div className="mt-3">
					<RefusalBand refusal={refusal} />
				</div>
			) : null}
			<ChangeDialog
				shown={shown}
				word={policy.slug}
				names={names}
				before={policy.document}
				after={draft}
				busy={pending}
				refusal={refusal}
				onApply={apply}
				onClose={() => setShown(null)}
			/>
			<MovedDialog
				moved={moved}
				onClose={() => setMoved(null)}
				onRebase={({ revision }) => {
					setBase(revision);
					setMoved(null);
					setRefusal(null);
					router.refresh();
				}}
				onDiscard={() => {
					discard();
					setMoved(null);
				}}
			/>
			<Dialog
				open={making}
				onOpenChange={setMaking}
				title={t("codes.title")}
				footer={<Button onClick={() => setMaking(false)}>{t("codes.close")}</Button>}
			>
				<CodesForm
					actions={actions}
					provider={names.provider}
					held={policy.ways.own > 0}
					onKept={() => {
						setMaking(false);
						toast(t("codes.done"));
					}}
				/>
			</Dialog>
			{enforcing ? (
				<EnforceDialog
					policy={policy}
					actions={actions}
					onClose={() => setEnforcing(false)}
					onDone={(from) => {
						setEnforcing(false);
						toast(from ? t("enforce.doneLater", { from }) : t("enforce.done"));
					}}
				/>
			) : null}
		</Section>
	);
}

function OwnRow({
	field,
	context,
	domains,
	find,
	onFound,
	onEnforce,
}: {
	field: Extract<(typeof policyRows)[number]["rows"][number], { kind: "own" }>["field"];
	context: RowContext;
	domains: readonly string[];
	find: FindMember;
	onFound: (member: { id: string; label: string }) => void;
	onEnforce: () => void;
}) {
	switch (field) {
		case "enforceSso":
			return <EnforceRow context={context} onEnforce={onEnforce} />;
		case "allowedDomains":
			return <DomainsRow context={context} domains={domains} />;
		case "defaultRole":
			return <DefaultRoleRow context={context} />;
		case "attributeMayGrant":
			return <AttributeRow context={context} />;
		case "managedHere":
			return <ExceptionsRow context={context} find={find} onFound={onFound} />;
		case "brake":
			return <BrakeRow context={context} />;
		case "twoFactor":
			return <TwoFactorRows context={context} />;
		default:
			return <MinutesRow field={field} context={context} />;
	}
}

const askAfterMs = 500;

/** Whom the edits would touch, asked once they rest. Null while that is not known. */
function useTouches(edits: Partial<Policy>, preview: PolicyActions["preview"]) {
	const [known, setKnown] = useState<{ of: Partial<Policy>; count: number; people: number }>();
	const ask = useRef(preview);
	useEffect(() => {
		ask.current = preview;
	});
	useEffect(() => {
		if (Object.keys(edits).length === 0) return;
		let stale = false;
		const timer = setTimeout(async () => {
			const answer = await ask.current(edits, null).catch(() => null);
			if (!stale && answer?.ok) setKnown({ of: edits, count: answer.count, people: answer.people });
		}, askAfterMs);
		return () => {
			stale = true;
			clearTimeout(timer);
		};
	}, [edits]);
	return known?.of === edits ? known : null;
}

export type { Why };
