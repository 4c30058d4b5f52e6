"use client";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { RevokeDialog } from "@/components/revoke-dialog";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel, PanelRow } from "@/components/ui/panel";
import { StateBadge } from "@/components/ui/state";
import { Table } from "@/components/ui/table";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";

export type InvitationRow = {
	id: string;
	email: string;
	/** The role's name. */
	role: string;
	invitedBy: string;
	sentAt: Date;
	expiresAt: Date;
	expired: boolean;
};

export type InvitationAct = (id: string) => Promise<{ ok: true } | RefusalView>;

/** Who has not accepted yet; for whoever manages members, with sending again and revoking. */
export function InvitationTable({
	rows,
	acts,
}: {
	rows: readonly InvitationRow[];
	/** Null for whoever may only look. */
	acts: { resend: InvitationAct; revoke: InvitationAct } | null;
}) {
	const t = useTranslations("members.invitations");
	const toast = useToast();
	const [revoking, setRevoking] = useState<InvitationRow | null>(null);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [busy, setBusy] = useState<string | null>(null);
	const [, start] = useTransition();
	if (rows.length === 0)
		return (
			<Panel>
				<EmptyState title={t("none")}>{t("noneBody")}</EmptyState>
			</Panel>
		);
	const resend = (row: InvitationRow) => {
		if (!acts) return;
		setBusy(row.id);
		start(async () => {
			const done = await acts.resend(row.id);
			setBusy(null);
			setRefusal(done.ok ? null : done);
			if (done.ok) toast(t("resent", { email: row.email }));
		});
	};
	const buttons = (row: InvitationRow) => (
		<span key="actions" className="inline-flex gap-1">
			<Button
				variant="quiet"
				size="sm"
				busy={busy === row.id}
				aria-label={t("resendOne", { email: row.email })}
				onClick={() => resend(row)}
			>
				{t("resend")}
			</Button>
			<Button
				variant="quiet"
				size="sm"
				aria-label={t("revokeOne", { email: row.email })}
				onClick={() => setRevoking(row)}
			>
				{t("revoke")}
			</Button>
		</span>
	);
	return (
		<Panel>
			{refusal ? (
				<PanelRow>
					<RefusalBand refusal={refusal} />
				</PanelRow>
			) : null}
			<Table
				caption={t("title")}
				columns={[
					{ label: t("email"), className: "w-2/5" },
					{ label: t("role") },
					{ label: t("by") },
					{ label: t("sent") },
					{ label: t("expires") },
					...(acts ? [{ label: t("actions"), hideLabel: true }] : []),
				]}
				rows={rows.map((row) => ({
					key: row.id,
					cells: [
						<span key="email" className="[overflow-wrap:anywhere]">
							{row.email}
						</span>,
						<Tag key="role" tone="line">
							{row.role}
						</Tag>,
						row.invitedBy,
						<Time key="sent" at={row.sentAt} />,
						row.expired ? (
							<StateBadge key="expires" plain state="expired" />
						) : (
							<Time key="expires" at={row.expiresAt} />
						),
						...(acts ? [buttons(row)] : []),
					],
				}))}
			/>
			{acts ? (
				<RevokeDialog
					row={revoking}
					texts={{
						title: t("question", { email: revoking?.email ?? "" }),
						description: t("consequence"),
						confirm: t("confirm"),
						cancel: t("cancel"),
					}}
					revoke={({ id }) => acts.revoke(id)}
					onDone={({ email }) => toast(t("revoked", { email }))}
					onClose={() => setRevoking(null)}
				/>
			) : null}
		</Panel>
	);
}
