"use client";
import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ComponentProps, type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { SecretOnce } from "@/components/ui/secret-once";
import { Section } from "@/components/ui/section";
import { StateBadge } from "@/components/ui/state";
import { type Column, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { type CreateKey, NewKey } from "./new-key";
import { Revocable, type RevokeKey } from "./revocable";

export type ApiKeyView = {
	id: string;
	name: string;
	prefix: string;
	scopes: readonly string[];
	createdAt: Date;
	lastUsedAt: Date | null;
	expiresAt: Date | null;
	expired: boolean;
	owner: string;
};

/** The keys of whoever looks, and making one. */
export function OwnKeys({
	keys,
	scopes,
	lifetimes,
	create,
	revoke,
}: {
	keys: readonly ApiKeyView[];
	/** The scopes this member may give. */
	scopes: readonly string[];
	/** In days. */
	lifetimes: readonly number[];
	create: CreateKey;
	revoke: RevokeKey;
}) {
	const t = useTranslations("api_keys");
	const [making, setMaking] = useState(false);
	const [made, setMade] = useState<string>();
	const button = (
		<Button icon={<Plus aria-hidden />} onClick={() => setMaking(true)}>
			{t("new")}
		</Button>
	);
	return (
		<Section id="own" title={t("own")} actions={keys.length > 0 ? button : null}>
			<Panel>
				{keys.length === 0 ? (
					<EmptyState title={t("empty")} action={button}>
						{t("emptyBody")}
					</EmptyState>
				) : (
					<Keys caption={t("own")} keys={keys} revoke={revoke} />
				)}
			</Panel>
			<NewKey
				open={making}
				scopes={scopes}
				lifetimes={lifetimes}
				create={create}
				onClose={() => setMaking(false)}
				onMade={(key) => {
					setMaking(false);
					setMade(key);
				}}
			/>
			<SecretOnce
				value={made}
				what={t("key")}
				title={t("copyTitle")}
				where={t("where")}
				onDone={() => setMade(undefined)}
			/>
		</Section>
	);
}

/** The keys of everybody else, for whoever oversees them. */
export function OthersKeys({
	keys,
	revoke,
	children,
}: {
	keys: readonly ApiKeyView[];
	revoke: RevokeKey;
	/** The way to further pages. */
	children: ReactNode;
}) {
	const t = useTranslations("api_keys");
	return (
		<Section id="others" title={t("others")} description={t("othersLead")}>
			<Panel>
				{keys.length === 0 ? (
					<EmptyState title={t("othersEmpty")}>{t("othersEmptyBody")}</EmptyState>
				) : (
					<Keys caption={t("others")} keys={keys} revoke={revoke} withOwner />
				)}
			</Panel>
			{children}
		</Section>
	);
}

function Keys({
	caption,
	keys,
	revoke,
	withOwner = false,
}: {
	caption: string;
	keys: readonly ApiKeyView[];
	revoke: RevokeKey;
	withOwner?: boolean;
}) {
	const t = useTranslations("api_keys");
	const columns: Column[] = [
		{ label: t("name") },
		{ label: t("key") },
		{ label: t("scopes") },
		{ label: t(withOwner ? "madeBy" : "made") },
		{ label: t("lastUsed") },
		{ label: t("expires") },
		{ label: t("actions"), hideLabel: true },
	];
	return (
		<Revocable<ApiKeyView> words="api_keys" revoke={revoke}>
			{(buttonOf) => (
				<Table
					caption={caption}
					columns={columns}
					rows={keys.map((row) => ({
						key: row.id,
						cells: [
							<span key="name" className="[overflow-wrap:anywhere]">
								{row.name}
							</span>,
							<code key="prefix">{row.prefix}…</code>,
							<Scopes key="scopes" names={row.scopes} />,
							<span key="made">
								{withOwner ? `${row.owner}, ` : null}
								<Moment at={row.createdAt} as="day" />
							</span>,
							row.lastUsedAt ? <Moment key="used" at={row.lastUsedAt} /> : t("never"),
							<Expiry key="expires" row={row} />,
							buttonOf(row),
						],
					}))}
				/>
			)}
		</Revocable>
	);
}

function Scopes({ names }: { names: readonly string[] }) {
	return (
		<span className="flex flex-wrap gap-x-2 max-md:justify-end">
			{names.map((name) => (
				<code key={name} className="whitespace-nowrap">
					{name}
				</code>
			))}
		</span>
	);
}

function Expiry({ row }: { row: ApiKeyView }) {
	const t = useTranslations("api_keys");
	if (row.expired) return <StateBadge state="expired" plain />;
	return row.expiresAt ? <Moment at={row.expiresAt} as="day" /> : t("noExpiry");
}

/** In one piece, however narrow its column is. */
function Moment(time: ComponentProps<typeof Time>) {
	return (
		<span className="whitespace-nowrap">
			<Time {...time} />
		</span>
	);
}
