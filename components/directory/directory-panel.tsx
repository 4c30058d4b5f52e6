"use client";
import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useOptimistic, useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { CopyField } from "@/components/ui/copy-field";
import { Dialog } from "@/components/ui/dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel, PanelBody, PanelRow } from "@/components/ui/panel";
import { SecretOnce } from "@/components/ui/secret-once";
import { Section } from "@/components/ui/section";
import { SelectField } from "@/components/ui/select";
import { SettingRow, settingIds } from "@/components/ui/setting-row";
import { type State, StateBadge } from "@/components/ui/state";
import { Switch } from "@/components/ui/switch";
import { Table } from "@/components/ui/table";
import { TextField } from "@/components/ui/text-field";
import { Time } from "@/components/ui/time";

type TokenView = {
	id: string;
	prefix: string;
	name: string;
	createdBy: string;
	createdAt: Date;
	lastUsedAt: Date | null;
	expiresAt: Date | null;
	expired: boolean;
};

export type DirectoryView = {
	enabled: boolean;
	state: State;
	endpoint: string;
	endpointOfWorkspace: string;
	people: number;
	activePeople: number;
	lastRequestAt: Date | null;
	tokens: TokenView[];
	provider: string;
	/** Why the endpoint answers 403 although it is on, in words. */
	closed: string | null;
};

type TokenRefusal = RefusalView | { ok: false; reason: "too_many" | "name" };

export type DirectoryActions = {
	setEnabled: (on: boolean) => Promise<{ ok: true } | RefusalView>;
	createToken: (input: {
		name: string;
		days: number | null;
	}) => Promise<{ ok: true; token: string } | TokenRefusal>;
	revokeToken: (id: string) => Promise<{ ok: true } | RefusalView>;
};

/** Directory sync: its switch, where the provider sends people to, and the tokens it comes with. */
export function DirectoryPanel({
	directory,
	actions,
}: {
	directory: DirectoryView;
	actions: DirectoryActions;
}) {
	const t = useTranslations("directory");
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [pending, start] = useTransition();
	const [enabled, show] = useOptimistic(directory.enabled);
	const ids = settingIds("directory-enabled");
	const toggle = (on: boolean) =>
		start(async () => {
			show(on);
			const done = await actions.setEnabled(on);
			setRefusal(done.ok ? null : done);
		});
	return (
		<Section
			id="directory"
			title={t("title")}
			badge={<StateBadge state={directory.state} />}
			description={t("description", { provider: directory.provider })}
		>
			<Panel>
				<SettingRow
					id="directory-enabled"
					name={t("enabled")}
					sentence={t("enabledSentence")}
					reason={directory.closed}
					control={
						<Switch
							checked={enabled}
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
				<PanelBody className="space-y-4">
					<CopyField label={t("endpoint")} value={directory.endpoint} />
					<CopyField label={t("endpointOfWorkspace")} value={directory.endpointOfWorkspace} />
					<p className="text-sm text-ink-2">
						{t("people", { count: directory.people, active: directory.activePeople })}
						{directory.lastRequestAt ? (
							<>
								{" "}
								{t.rich("lastRequest", { at: () => <Time at={directory.lastRequestAt ?? ""} /> })}
							</>
						) : null}
					</p>
				</PanelBody>
				<Tokens directory={directory} actions={actions} />
			</Panel>
		</Section>
	);
}

function Tokens({ directory, actions }: { directory: DirectoryView; actions: DirectoryActions }) {
	const t = useTranslations("directory");
	const [making, setMaking] = useState(false);
	const [token, setToken] = useState<string>();
	const [revoking, setRevoking] = useState<TokenView | null>(null);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	return (
		<>
			{directory.tokens.length === 0 ? (
				<EmptyState
					title={t("tokens.empty")}
					action={
						<Button
							icon={<Plus aria-hidden />}
							unavailable={directory.enabled ? false : "directory-enabled-sentence"}
							onClick={() => setMaking(true)}
						>
							{t("tokens.new")}
						</Button>
					}
				>
					{directory.enabled ? t("tokens.emptyOn") : t("tokens.emptyOff")}
				</EmptyState>
			) : (
				<>
					<PanelRow className="flex items-center justify-between gap-4">
						<h3 className="font-medium">{t("tokens.title")}</h3>
						<Button
							variant="quiet"
							size="sm"
							icon={<Plus aria-hidden />}
							onClick={() => setMaking(true)}
						>
							{t("tokens.new")}
						</Button>
					</PanelRow>
					<Table
						caption={t("tokens.title")}
						columns={[
							{ label: t("tokens.token") },
							{ label: t("tokens.name") },
							{ label: t("tokens.madeBy") },
							{ label: t("tokens.lastUsed") },
							{ label: t("tokens.expires") },
							{ label: t("tokens.actions"), hideLabel: true },
						]}
						rows={directory.tokens.map((row) => ({
							key: row.id,
							cells: [
								<code key="prefix">{row.prefix}…</code>,
								row.name,
								<span key="by">
									{row.createdBy}, <Time at={row.createdAt} as="day" />
								</span>,
								row.lastUsedAt ? <Time key="used" at={row.lastUsedAt} /> : t("tokens.never"),
								row.expired ? (
									<StateBadge key="expired" state="expired" plain />
								) : row.expiresAt ? (
									<Time key="expires" at={row.expiresAt} as="day" />
								) : (
									t("tokens.noExpiry")
								),
								<Button
									key="revoke"
									variant="quiet"
									size="sm"
									aria-label={t("tokens.revokeOne", { name: row.name })}
									onClick={() => setRevoking(row)}
								>
									{t("tokens.revoke")}
								</Button>,
							],
						}))}
					/>
				</>
			)}
			<NewToken
				open={making}
				onClose={() => setMaking(false)}
				create={actions.createToken}
				onMade={(made) => {
					setMaking(false);
					setToken(made);
				}}
			/>
			<SecretOnce
				value={token}
				what={t("tokens.token")}
				where={t("tokens.where")}
				place={directory.provider}
				onDone={() => setToken(undefined)}
			/>
			<ConfirmDialog
				open={revoking !== null}
				onOpenChange={(open) => {
					if (!open) setRevoking(null);
				}}
				title={t("tokens.question", { name: revoking?.name ?? "" })}
				description={t("tokens.consequence")}
				confirm={t("tokens.confirm")}
				cancel={t("tokens.cancel")}
				error={refusal ? <RefusalBand refusal={refusal} /> : null}
				action={async () => {
					if (!revoking) return;
					const done = await actions.revokeToken(revoking.id);
					setRefusal(done.ok ? null : done);
					if (done.ok) setRevoking(null);
				}}
			/>
		</>
	);
}

const lifetimes = [90, 365, null] as const;

/** Asks what the token is for and how long it works; the secret itself comes after. */
function NewToken({
	open,
	onClose,
	create,
	onMade,
}: {
	open: boolean;
	onClose: () => void;
	create: DirectoryActions["createToken"];
	onMade: (token: string) => void;
}) {
	const t = useTranslations("directory.tokens");
	const [pending, start] = useTransition();
	const [problem, setProblem] = useState<TokenRefusal | null>(null);
	const submit = (form: FormData) =>
		start(async () => {
			const days = Number(form.get("days"));
			const made = await create({
				name: String(form.get("name") ?? ""),
				days: days > 0 ? days : null,
			});
			setProblem(made.ok ? null : made);
			if (made.ok) onMade(made.token);
		});
	return (
		<Dialog
			open={open}
			onOpenChange={(next) => {
				if (!next) onClose();
			}}
			title={t("newTitle")}
			description={t("newLead")}
		>
			<form action={submit} className="space-y-4">
				{problem && "why" in problem ? <RefusalBand refusal={problem} /> : null}
				<TextField
					name="name"
					label={t("name")}
					hint={t("nameHint")}
					maxLength={80}
					required
					error={
						problem && !("why" in problem)
							? t(problem.reason === "name" ? "nameMissing" : "tooMany")
							: undefined
					}
				/>
				<SelectField
					name="days"
					label={t("expires")}
					defaultValue="365"
					options={lifetimes.map((days) => ({
						value: String(days ?? 0),
						label: days === null ? t("noExpiry") : t("days", { days }),
					}))}
				/>
				<div className="flex justify-end gap-2 pt-2">
					<Button onClick={onClose}>{t("notNow")}</Button>
					<Button type="submit" variant="ink" busy={pending}>
						{t("make")}
					</Button>
				</div>
			</form>
		</Dialog>
	);
}
