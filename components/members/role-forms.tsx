"use client";
import { Pin } from "lucide-react";
import { useTranslations } from "next-intl";
import { useActionState, useId } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Reason } from "@/components/ui/field";
import { Select, SelectField, type SelectOption } from "@/components/ui/select";
import { SubmitButton } from "@/components/ui/submit-button";
import { TextField } from "@/components/ui/text-field";

export type RoleState = { said: "saved" | "unpinned" | null; refusal: RefusalView | null };
export type RoleAction = (before: RoleState, form: FormData) => Promise<RoleState>;

const start: RoleState = { said: null, refusal: null };

/** The role given here, beside what other sources give. */
export function SetRole({
	action,
	roles,
	role,
	kept,
	locked,
}: {
	action: RoleAction;
	/** Every role; those that may not be given are disabled. */
	roles: readonly SelectOption[];
	role: string | null;
	/** The provider's name, where it decides and this is kept beside. */
	kept: string | null;
	/** Why it cannot be changed here. */
	locked: string | null;
}) {
	const t = useTranslations("member.roleForm");
	const id = useId();
	const [state, submit] = useActionState(action, start);
	return (
		<form action={submit} className="space-y-3">
			{state.refusal ? <RefusalBand refusal={state.refusal} /> : null}
			<div className="flex flex-wrap items-end gap-3">
				<div className="min-w-0 grow basis-44">
					<label htmlFor={id} className="mb-1.5 block text-sm font-medium">
						{t("set")}
					</label>
					<Select
						id={id}
						name="role"
						key={role ?? ""}
						defaultValue={role ?? ""}
						options={[{ value: "", label: t("nothing") }, ...roles]}
						unavailable={locked ? `${id}-reason` : false}
						aria-describedby={`${id}-hint`}
					/>
				</div>
				<SubmitButton unavailable={locked ? `${id}-reason` : false} busyLabel={t("saving")}>
					{t("save")}
				</SubmitButton>
			</div>
			{locked ? (
				<Reason id={`${id}-reason`}>{locked}</Reason>
			) : (
				<p id={`${id}-hint`} className="text-sm text-ink-2">
					{kept ? t("setKept", { provider: kept }) : t("setHint")}
				</p>
			)}
			<span role="status" className="block text-sm text-pass empty:hidden">
				{state.said === "saved" ? t("saved") : ""}
			</span>
		</form>
	);
}

/** A role above every other source, with the reason for it. */
export function PinRole({
	actions,
	roles,
	role,
	pinned,
}: {
	actions: { pin: RoleAction; unpin: RoleAction };
	roles: readonly SelectOption[];
	/** The role in effect, to begin with. */
	role: string;
	pinned: { role: string; reason: string } | null;
}) {
	const t = useTranslations("member.roleForm");
	const [pin, submitPin] = useActionState(actions.pin, start);
	const [unpin, submitUnpin] = useActionState(actions.unpin, start);
	if (pinned)
		return (
			<form action={submitUnpin} className="space-y-3">
				{unpin.refusal ? <RefusalBand refusal={unpin.refusal} /> : null}
				<div className="flex flex-wrap items-center justify-between gap-3">
					<span className="flex min-w-0 gap-2 text-sm [overflow-wrap:anywhere]">
						<Pin className="mt-0.5 size-4 shrink-0 stroke-[1.6] text-ink-3" aria-hidden />
						{t("pinned", pinned)}
					</span>
					<SubmitButton>{t("unpin")}</SubmitButton>
				</div>
			</form>
		);
	return (
		<details open={pin.refusal ? true : undefined} className="group">
			<summary className="inline-flex min-h-6 items-center gap-2 text-sm font-medium text-ink-2 hover:text-ink max-md:min-h-11">
				<Pin className="size-4 stroke-[1.6] text-ink-3" aria-hidden />
				{t("pin")}
			</summary>
			<form action={submitPin} className="mt-3 space-y-3" noValidate>
				{pin.refusal && pin.refusal.field !== "reason" ? (
					<RefusalBand refusal={pin.refusal} />
				) : null}
				<p className="text-sm text-ink-2">{t("pinHint")}</p>
				<div className="grid items-start gap-3 sm:grid-cols-2">
					<SelectField name="role" label={t("pinRole")} options={roles} defaultValue={role} />
					<TextField
						name="reason"
						label={t("reason")}
						maxLength={200}
						autoComplete="off"
						className="[&_input]:h-8 max-md:[&_input]:h-11"
						{...(pin.refusal?.field === "reason" ? { error: t("reasonMissing") } : {})}
					/>
				</div>
				<SubmitButton busyLabel={t("pinning")}>{t("pinSave")}</SubmitButton>
			</form>
			<span role="status" className="mt-2 block text-sm text-pass empty:hidden">
				{unpin.said === "unpinned" ? t("unpinned") : ""}
			</span>
		</details>
	);
}
