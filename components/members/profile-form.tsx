"use client";
import { useTranslations } from "next-intl";
import { useActionState } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { SubmitButton } from "@/components/ui/submit-button";
import { TextField } from "@/components/ui/text-field";

export type ProfileState = {
	saved: boolean;
	refusal: RefusalView | null;
	values: { name: string; email: string };
};

/** Name and email of a member. What was typed stays when it is refused. */
export function ProfileForm({
	action,
	values,
	own,
}: {
	action: (before: ProfileState, form: FormData) => Promise<ProfileState>;
	values: { name: string; email: string };
	/** One's own record: its email changes elsewhere. */
	own: boolean;
}) {
	const t = useTranslations("member.profile");
	const [state, submit] = useActionState(action, { saved: false, refusal: null, values });
	const { refusal } = state;
	const place = refusal?.field;
	return (
		<form action={submit} className="space-y-4" noValidate>
			{refusal && !place ? <RefusalBand refusal={refusal} /> : null}
			<TextField
				key={`name ${state.values.name}`}
				name="name"
				label={t("name")}
				defaultValue={state.values.name}
				autoComplete="off"
				{...(place === "name" ? { error: t("nameLong") } : {})}
			/>
			<TextField
				key={`email ${state.values.email}`}
				name="email"
				type="email"
				label={t("email")}
				defaultValue={state.values.email}
				autoComplete="off"
				autoCapitalize="none"
				spellCheck={false}
				readOnly={own}
				hint={own ? t("own") : t("emailHint")}
				{...(place === "email" ? { error: refusal?.why } : {})}
			/>
			<div className="flex items-center gap-3">
				<SubmitButton busyLabel={t("saving")}>{t("save")}</SubmitButton>
				<span role="status" className="text-sm text-pass">
					{state.saved ? t("saved") : ""}
				</span>
			</div>
		</form>
	);
}
