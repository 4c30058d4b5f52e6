"use client";
import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { RevokeDialog } from "@/components/revoke-dialog";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { PanelFoot, PanelRow } from "@/components/ui/panel";
import { SecretOnce } from "@/components/ui/secret-once";
import { SelectField } from "@/components/ui/select";
import { StateBadge } from "@/components/ui/state";
import { Table } from "@/components/ui/table";
import { TextField } from "@/components/ui/text-field";
import { Time } from "@/components/ui/time";

export type TokenView = {
	id: string;
	prefix: string;
	name: string;
	createdBy: string;
	createdAt: Date;
	lastUsedAt: Date | null;
	expiresAt: Date | null;
	expired: boolean;
	/** Whole days until it expires, where that is soon. */
	daysLeft: number | null;
	/** It was replaced, and works until it expires. */
	inOverlap: boolean;
	/** Whole days since it was made. */
	age: number;
};

type TokenRefusal = RefusalView | { ok: false; reason: "too_many" | "name" };
type Made = { ok: true; token: string } | TokenRefusal;

export type TokenActions = {
	create: (input: { name: string; days: number | null }) => Promise<Made>;
	rotate: (id: string, overlap: string) => Promise<Made>;
	rename: (id: string, name: string) => Promise<{ ok: true } | TokenRefusal>;
	revoke: (id: string) => Promise<{ ok: true } | RefusalView>;
};

type Asked = { what: "new" } | { what: "rotate" | "rename" | "revoke"; token: TokenView };

/** The tokens of the directory: prefix, name, who made it, when it was used and when it ends. */
export function Tokens({
	tokens,
	endedWithSso,
	enabled,
	provider,
	actions,
}: {
	tokens: readonly TokenView[];
	endedWithSso: boolean;
	enabled: boolean;
	provider: string;
	actions: TokenActions;
}) {
	const t = useTranslations("directory.tokens");
	const [asked, ask] = useState<Asked | null>(null);
	const [secret, setSecret] = useState<string>();
	const close = () => ask(null);
	const made = (token: string) => {
		close();
		setSecret(token);
	};
	return (
		<>
			{tokens.length === 0 ? (
				<EmptyState
					title={endedWithSso ? t("ended") : t("empty")}
					action={
						<Button
							icon={<Plus aria-hidden />}
							unavailable={enabled ? false : "directory-enabled-sentence"}
							onClick={() => ask({ what: "new" })}
						>
							{t("new")}
						</Button>
					}
				>
					{endedWithSso ? `${t("endedBody", { provider })} ` : null}
					{enabled ? (endedWithSso ? null : t("emptyOn")) : t("emptyOff")}
				</EmptyState>
			) : (
				<>
					<PanelRow className="flex items-center justify-between gap-4">
						<h3 className="font-medium">{t("title")}</h3>
						<Button
							variant="quiet"
							size="sm"
							icon={<Plus aria-hidden />}
							onClick={() => ask({ what: "new" })}
						>
							{t("new")}
						</Button>
					</PanelRow>
					<Table
						caption={t("title")}
						columns={[
							{ label: t("token"), className: "w-1/4" },
							{ label: t("madeBy") },
							{ label: t("lastUsed") },
							{ label: t("expires") },
							{ label: t("actions"), hideLabel: true },
						]}
						rows={tokens.map((row) => ({
							key: row.id,
							cells: [
								<span key="token" className="[overflow-wrap:anywhere]">
									{row.name}
									<code className="block font-normal text-ink-2">{row.prefix}…</code>
									{row.inOverlap ? (
										<span className="block text-xs font-normal text-ink-3">{t("inOverlap")}</span>
									) : null}
								</span>,
								<span key="by">
									{row.createdBy}, <Time at={row.createdAt} as="day" />
									<span className="block text-xs text-ink-3">{t("age", { days: row.age })}</span>
								</span>,
								row.lastUsedAt ? <Time key="used" at={row.lastUsedAt} /> : t("never"),
								<Expiry key="expires" token={row} />,
								<span key="actions" className="flex justify-end gap-1 max-md:flex-wrap">
									{row.inOverlap || row.expired ? null : (
										<>
											<Button
												variant="quiet"
												size="sm"
												aria-label={t("rotateOne", { name: row.name })}
												onClick={() => ask({ what: "rotate", token: row })}
											>
												{t("rotate")}
											</Button>
											<Button
												variant="quiet"
												size="sm"
												aria-label={t("renameOne", { name: row.name })}
												onClick={() => ask({ what: "rename", token: row })}
											>
												{t("rename")}
											</Button>
										</>
									)}
									<Button
										variant="quiet"
										size="sm"
										aria-label={t("revokeOne", { name: row.name })}
										onClick={() => ask({ what: "revoke", token: row })}
									>
										{t("revoke")}
									</Button>
								</span>,
							],
						}))}
					/>
					<PanelFoot>{t("advice", { provider })}</PanelFoot>
				</>
			)}
			<NewToken
				open={asked?.what === "new"}
				onClose={close}
				create={actions.create}
				onMade={made}
			/>
			<Rotate
				token={asked?.what === "rotate" ? asked.token : null}
				onClose={close}
				rotate={actions.rotate}
				onMade={made}
			/>
			<Rename
				token={asked?.what === "rename" ? asked.token : null}
				onClose={close}
				rename={actions.rename}
			/>
			<Revoke
				token={asked?.what === "revoke" ? asked.token : null}
				onClose={close}
				revoke={actions.revoke}
			/>
			<SecretOnce
				value={secret}
				what={t("token")}
				where={t("where")}
				place={provider}
				onDone={() => setSecret(undefined)}
			/>
		</>
	);
}

/** From here on an expiry is said in days alone. */
const week = 7;

/** "Tomorrow" and "in 12 days" are said in care; what is far away is a day. */
function Expiry({ token }: { token: TokenView }) {
	const t = useTranslations("directory.tokens");
	if (token.expired) return <StateBadge state="expired" plain />;
	if (!token.expiresAt) return t("noExpiry");
	if (token.daysLeft === null) return <Time at={token.expiresAt} as="day" />;
	return (
		<span className="text-care">
			{token.daysLeft < week ? <Time at={token.expiresAt} /> : t("left", { days: token.daysLeft })}
		</span>
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
	create: TokenActions["create"];
	onMade: (token: string) => void;
}) {
	const t = useTranslations("directory.tokens");
	const { pending, problem, run } = useAsking<Made>();
	const submit = (form: FormData) => {
		const days = Number(form.get("days"));
		const name = String(form.get("name") ?? "");
		run(
			() => create({ name, days: days > 0 ? days : null }),
			(made) => made.ok && onMade(made.token),
		);
	};
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
				<NameField problem={problem} />
				<SelectField
					name="days"
					label={t("expires")}
					defaultValue="365"
					options={lifetimes.map((days) => ({
						value: String(days ?? 0),
						label: days === null ? t("noExpiry") : t("days", { days }),
					}))}
				/>
				<Foot cancel={t("notNow")} confirm={t("make")} busy={pending} onClose={onClose} />
			</form>
		</Dialog>
	);
}

/** Replaces a token; both work for as long as it takes to put the new one in place. */
function Rotate({
	token,
	onClose,
	rotate,
	onMade,
}: {
	token: TokenView | null;
	onClose: () => void;
	rotate: TokenActions["rotate"];
	onMade: (token: string) => void;
}) {
	const t = useTranslations("directory.tokens");
	const { pending, problem, run } = useAsking<Made>();
	const submit = (form: FormData) => {
		if (!token) return;
		run(
			() => rotate(token.id, String(form.get("overlap"))),
			(made) => made.ok && onMade(made.token),
		);
	};
	return (
		<Dialog
			open={token !== null}
			onOpenChange={(next) => {
				if (!next) onClose();
			}}
			title={t("rotateTitle", { name: token?.name ?? "" })}
			description={t("rotateLead")}
		>
			<form action={submit} className="space-y-4">
				{problem && "why" in problem ? <RefusalBand refusal={problem} /> : null}
				<SelectField
					name="overlap"
					label={t("overlap")}
					defaultValue="day"
					error={problem?.reason === "too_many" ? t("tooMany") : undefined}
					options={(["hour", "day", "week", "none"] as const).map((value) => ({
						value,
						label: t(`overlaps.${value}`),
					}))}
				/>
				<Foot cancel={t("notNow")} confirm={t("rotateNow")} busy={pending} onClose={onClose} />
			</form>
		</Dialog>
	);
}

function Rename({
	token,
	onClose,
	rename,
}: {
	token: TokenView | null;
	onClose: () => void;
	rename: TokenActions["rename"];
}) {
	const t = useTranslations("directory.tokens");
	const { pending, problem, run } = useAsking<{ ok: true } | TokenRefusal>();
	const submit = (form: FormData) => {
		if (!token) return;
		run(
			() => rename(token.id, String(form.get("name") ?? "")),
			(done) => done.ok && onClose(),
		);
	};
	return (
		<Dialog
			open={token !== null}
			onOpenChange={(next) => {
				if (!next) onClose();
			}}
			title={t("renameTitle", { name: token?.name ?? "" })}
		>
			<form key={token?.id} action={submit} className="space-y-4">
				{problem && "why" in problem ? <RefusalBand refusal={problem} /> : null}
				<NameField problem={problem} value={token?.name} />
				<Foot cancel={t("notNow")} confirm={t("renameNow")} busy={pending} onClose={onClose} />
			</form>
		</Dialog>
	);
}

function Revoke({
	token,
	onClose,
	revoke,
}: {
	token: TokenView | null;
	onClose: () => void;
	revoke: TokenActions["revoke"];
}) {
	const t = useTranslations("directory.tokens");
	return (
		<RevokeDialog
			row={token}
			texts={{
				title: t("question", { name: token?.name ?? "" }),
				description: t("consequence"),
				confirm: t("confirm"),
				cancel: t("cancel"),
			}}
			revoke={({ id }) => revoke(id)}
			onClose={onClose}
		/>
	);
}

function NameField({
	problem,
	value,
}: {
	problem: TokenRefusal | null;
	value?: string | undefined;
}) {
	const t = useTranslations("directory.tokens");
	const reason = problem?.reason;
	return (
		<TextField
			name="name"
			label={t("name")}
			hint={t("nameHint")}
			defaultValue={value}
			maxLength={80}
			required
			error={
				reason === "name" ? t("nameMissing") : reason === "too_many" ? t("tooMany") : undefined
			}
		/>
	);
}

function Foot({
	cancel,
	confirm,
	busy,
	onClose,
}: {
	cancel: string;
	confirm: string;
	busy: boolean;
	onClose: () => void;
}) {
	return (
		<div className="flex justify-end gap-2 pt-2">
			<Button onClick={onClose}>{cancel}</Button>
			<Button type="submit" variant="ink" busy={busy}>
				{confirm}
			</Button>
		</div>
	);
}

/** A form's question to the server: whether it is under way, and what was refused. */
function useAsking<T extends { ok: true } | TokenRefusal>() {
	const [pending, start] = useTransition();
	const [problem, setProblem] = useState<TokenRefusal | null>(null);
	const run = (question: () => Promise<T>, then: (answer: T) => void) =>
		start(async () => {
			const answer = await question();
			setProblem(answer.ok ? null : (answer as TokenRefusal));
			then(answer);
		});
	return { pending, problem, run };
}
