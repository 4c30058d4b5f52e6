"use client";
import { useTranslations } from "next-intl";
import { useActionState } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Band } from "@/components/ui/band";
import { ButtonLink } from "@/components/ui/button";
import { Panel, PanelBody, PanelFoot } from "@/components/ui/panel";
import { SelectField, type SelectOption } from "@/components/ui/select";
import { SubmitButton } from "@/components/ui/submit-button";
import { TextArea } from "@/components/ui/text-field";

type InviteProblemView = {
	text: string;
	reason: "email_malformed" | "email_taken" | "already_invited";
};

export type InviteState = {
	sent: readonly string[];
	problems: readonly InviteProblemView[];
	refusal: RefusalView | null;
	/** Neither none nor too many. */
	wrongCount: boolean;
	values: { addresses: string; role: string };
};

/** Many addresses, one role. What could not be invited stays in the field, with the reason. */
export function InviteForm({
	action,
	roles,
	defaultRole,
	most,
	provider,
	backHref,
}: {
	action: (before: InviteState, form: FormData) => Promise<InviteState>;
	/** The roles that whoever invites may give. */
	roles: readonly SelectOption[];
	defaultRole: string;
	/** The most addresses at once. */
	most: number;
	/** The identity provider, where it is the only way in. */
	provider: string | null;
	backHref: string;
}) {
	const t = useTranslations("members.form");
	const [state, submit] = useActionState(action, {
		sent: [],
		problems: [],
		refusal: null,
		wrongCount: false,
		values: { addresses: "", role: defaultRole },
	});
	const { sent, problems, refusal, values } = state;
	return (
		<form action={submit} noValidate>
			<div className="mb-5 space-y-3 empty:hidden">
				{refusal ? <RefusalBand refusal={refusal} /> : null}
				{sent.length > 0 ? (
					<Band tone="pass" live title={t("sent", { count: sent.length, first: sent[0] ?? "" })} />
				) : null}
				{problems.length > 0 ? (
					<Band tone="stop" live title={t("problems", { count: problems.length })}>
						<ul className="my-1 space-y-0.5">
							{problems.map(({ text, reason }) => (
								<li key={text} className="[overflow-wrap:anywhere]">
									{t(`reasons.${reason}`, { text })}
								</li>
							))}
						</ul>
						{t("problemsBody")}
					</Band>
				) : null}
			</div>
			<Panel>
				<PanelBody className="space-y-5">
					<TextArea
						key={values.addresses}
						name="addresses"
						label={t("addresses")}
						hint={t("addressesHint", { most })}
						defaultValue={values.addresses}
						rows={6}
						autoCapitalize="none"
						autoComplete="off"
						spellCheck={false}
						{...(state.wrongCount ? { error: t("empty", { most }) } : {})}
					/>
					<SelectField
						name="role"
						label={t("role")}
						hint={t("roleHint")}
						options={roles}
						defaultValue={values.role}
						className="max-w-sm"
					/>
					{provider ? <p className="text-sm text-ink-2">{t("ssoNote", { provider })}</p> : null}
				</PanelBody>
				<PanelFoot className="justify-end">
					<ButtonLink href={backHref} variant="quiet">
						{t("cancel")}
					</ButtonLink>
					<SubmitButton variant="ink" busyLabel={t("sending")}>
						{t("send")}
					</SubmitButton>
				</PanelFoot>
			</Panel>
		</form>
	);
}
