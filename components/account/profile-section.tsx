"use client";
import { useTranslations } from "next-intl";
import { type FormEvent, useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Panel, PanelBody, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { SettingRow, settingIds } from "@/components/ui/setting-row";
import { Tag } from "@/components/ui/tag";
import { TextField } from "@/components/ui/text-field";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";
import { type ProofAsked, ProofDialog } from "./proof-dialog";

type Save = (form: FormData) => Promise<{ ok: true } | RefusalView>;

export type Profile = {
	name: string;
	email: string | null;
	/** The address is certainly the person's own. */
	proved: boolean;
	/** An address that waits for its link to be followed. */
	pending: { email: string; until: Date } | null;
};

/** Name and address, which the directory may keep to itself. */
export function ProfileSection({
	profile,
	lockedBy,
	asks,
	actions,
}: {
	profile: Profile;
	/** Who manages both, where that is not the person. */
	lockedBy?: string;
	asks: ProofAsked;
	actions: {
		saveName: Save;
		changeEmail: Save;
		cancelEmail: () => Promise<{ ok: true } | RefusalView>;
	};
}) {
	const t = useTranslations("account.profile");
	const reason = lockedBy ? t("locked", { provider: lockedBy }) : undefined;
	const ids = settingIds("profile-name");
	return (
		<Section id="profile" title={t("title")} description={t("description")}>
			<Panel>
				{reason ? (
					<SettingRow id="profile-name" name={t("name")} sentence={profile.name} reason={reason} />
				) : (
					<NameForm name={profile.name} save={actions.saveName} labelId={ids.name} />
				)}
				<EmailRow profile={profile} reason={reason} asks={asks} actions={actions} />
			</Panel>
		</Section>
	);
}

function NameForm({ name, save, labelId }: { name: string; save: Save; labelId: string }) {
	const t = useTranslations("account.profile");
	const toast = useToast();
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [pending, start] = useTransition();
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		const form = new FormData(event.currentTarget);
		start(async () => {
			const done = await save(form);
			setRefusal(done.ok ? null : done);
			if (done.ok) toast(t("saved"));
		});
	};
	return (
		<PanelBody>
			<form method="post" onSubmit={submit} className="flex flex-wrap items-start gap-3">
				<TextField
					className="min-w-0 flex-1 basis-56"
					id={labelId}
					name="name"
					label={t("name")}
					defaultValue={name}
					maxLength={200}
					autoComplete="name"
					required
					{...(refusal ? { error: refusal.why } : {})}
				/>
				<div className="max-sm:w-full sm:pt-[26px]">
					<Button type="submit" busy={pending} className="h-9 max-md:h-11 max-sm:w-full">
						{t("save")}
					</Button>
				</div>
			</form>
		</PanelBody>
	);
}

function EmailRow({
	profile,
	reason,
	asks,
	actions,
}: {
	profile: Profile;
	reason: string | undefined;
	asks: ProofAsked;
	actions: { changeEmail: Save; cancelEmail: () => Promise<{ ok: true } | RefusalView> };
}) {
	const t = useTranslations("account.profile");
	const toast = useToast();
	const [open, setOpen] = useState(false);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [cancelling, start] = useTransition();
	const { email, proved, pending } = profile;
	const change = async (form: FormData) => {
		const done = await actions.changeEmail(form);
		if (!done.ok) return done;
		toast(t("sent", { email: String(form.get("email")) }));
		return null;
	};
	const cancel = () =>
		start(async () => {
			const done = await actions.cancelEmail();
			setRefusal(done.ok ? null : done);
		});
	return (
		<>
			<SettingRow
				id="profile-email"
				name={
					<span className="flex flex-wrap items-center gap-2">
						{t("email")}
						{email ? (
							<Tag tone={proved ? "pass" : "stone"}>{t(proved ? "proved" : "unproved")}</Tag>
						) : null}
					</span>
				}
				sentence={<span className="[overflow-wrap:anywhere]">{email ?? t("none")}</span>}
				reason={reason}
				control={reason ? null : <Button onClick={() => setOpen(true)}>{t("change")}</Button>}
			/>
			{pending ? (
				<PanelRow className="flex flex-wrap items-center justify-between gap-3 bg-note-tint text-sm">
					<span className="min-w-0 text-ink-2 [overflow-wrap:anywhere]">
						{t.rich("waiting", {
							email: pending.email,
							until: () => <Time at={pending.until} />,
						})}
					</span>
					<Button size="sm" variant="line" busy={cancelling} onClick={cancel}>
						{t("cancel")}
					</Button>
				</PanelRow>
			) : null}
			{refusal ? (
				<PanelRow>
					<RefusalBand refusal={refusal} />
				</PanelRow>
			) : null}
			<ProofDialog
				open={open}
				onOpenChange={setOpen}
				title={t("question")}
				description={t("consequence")}
				asks={asks}
				confirm={t("send")}
				action={change}
			>
				{(refused) => (
					<TextField
						type="email"
						name="email"
						label={t("newEmail")}
						autoComplete="email"
						autoCapitalize="none"
						spellCheck={false}
						required
						{...(refused?.field === "email" ? { error: refused.why } : {})}
					/>
				)}
			</ProofDialog>
		</>
	);
}
