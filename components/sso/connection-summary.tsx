import { Pencil } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { ArchTile } from "@/components/ui/arch-tile";
import { Band } from "@/components/ui/band";
import { ButtonLink } from "@/components/ui/button";
import { CopyField } from "@/components/ui/copy-field";
import { Folded } from "@/components/ui/folded";
import { Panel, PanelBody, PanelFoot, PanelRow } from "@/components/ui/panel";
import { type State, StateBadge } from "@/components/ui/state";
import { Time } from "@/components/ui/time";
import type { DangerActions, DangerView } from "./danger-zone";
import { EnabledSwitch, type SetEnabled } from "./enabled-switch";

export type ConnectionView = {
	id: string;
	name: string;
	protocol: "oidc" | "saml";
	status: "draft" | "tested" | "active" | "paused";
	/** How it is doing, which may be worse than its status. */
	state: State;
	/** What is wrong or will be, in words. */
	trouble: { tone: "care" | "stop"; title: string; body: ReactNode; action: string } | null;
	/** What was exchanged, under the names the provider has for it. */
	values: readonly { label: string; value: string }[];
	secret: { setAt: Date; setBy: string; expiresOn: string | null } | null;
	certificates: readonly { subject: string; expiresAt: Date }[];
	/** A SAML draft that has nothing of its provider yet. */
	waiting: boolean;
	/** When these settings passed a test, and who did it. Null: never with these. */
	tested: { at: Date; by: string } | null;
	href: string;
};

/** One connection as it is: what was exchanged, whether it was tested, and its switch. */
export function ConnectionSummary({
	connection,
	folded,
	setEnabled,
	danger,
	actions,
	scim,
}: {
	connection: ConnectionView;
	/** Among several: the values are behind a press. */
	folded: boolean;
	setEnabled: SetEnabled;
	danger: DangerView | undefined;
	actions: DangerActions;
	scim: ReactNode;
}) {
	const t = useTranslations("sso.connection");
	const list = useTranslations("connections");
	const { name, trouble, tested, waiting } = connection;
	const values = waiting ? (
		<p className="text-sm text-ink-2">{list("waiting", { provider: name })}</p>
	) : (
		<Values connection={connection} />
	);
	return (
		<Panel>
			<PanelRow className="flex flex-wrap items-center justify-between gap-3">
				<div className="flex min-w-0 items-center gap-4">
					<ArchTile size="lg">{name}</ArchTile>
					<div className="min-w-0">
						<div className="truncate font-medium">{name}</div>
						<div className="text-sm text-ink-2">{list(`protocols.${connection.protocol}`)}</div>
					</div>
				</div>
				<div className="flex items-center gap-3">
					<StateBadge state={connection.state} />
					<ButtonLink href={connection.href} icon={<Pencil aria-hidden />}>
						{t("edit")}
						{folded ? <span className="sr-only"> {name}</span> : null}
					</ButtonLink>
				</div>
			</PanelRow>
			{trouble ? (
				<Band
					tone={trouble.tone}
					title={trouble.title}
					inset
					action={<ButtonLink href={connection.href}>{trouble.action}</ButtonLink>}
				>
					{trouble.body}
				</Band>
			) : null}
			<EnabledSwitch
				id={connection.id}
				name={name}
				enabled={connection.status === "active"}
				setEnabled={setEnabled}
				danger={danger}
				actions={actions}
			/>
			<PanelBody>{folded ? <Folded title={list("values")}>{values}</Folded> : values}</PanelBody>
			<PanelFoot className="justify-between">
				<span>
					{tested
						? t.rich("tested", { by: tested.by, at: () => <Time at={tested.at} /> })
						: t("untested")}
				</span>
				{scim}
			</PanelFoot>
		</Panel>
	);
}

function Values({ connection }: { connection: ConnectionView }) {
	const t = useTranslations("sso.connection");
	const list = useTranslations("connections");
	const { secret, certificates } = connection;
	return (
		<div className="grid gap-5 md:grid-cols-2">
			{connection.values.map(({ label, value }) => (
				<CopyField key={label} label={label} value={value} />
			))}
			{secret ? (
				<div>
					<div className="mb-1.5 text-sm font-medium">{t("clientSecret")}</div>
					<p className="text-sm text-ink-2">
						{t.rich("secretSet", {
							by: secret.setBy,
							at: () => <Time at={secret.setAt} as="day" />,
						})}
					</p>
					{secret.expiresOn ? (
						<p className="text-sm text-ink-2">
							{t.rich("secretExpires", {
								on: () => <Time at={secret.expiresOn ?? ""} as="day" />,
							})}
						</p>
					) : null}
				</div>
			) : null}
			{certificates.length > 0 ? (
				<div>
					<div className="mb-1.5 text-sm font-medium">{list("certificates")}</div>
					<ul className="text-sm text-ink-2">
						{certificates.map(({ subject, expiresAt }) => (
							<li key={`${subject} ${expiresAt.toISOString()}`}>
								{list.rich("certificateEnds", {
									subject,
									on: () => <Time at={expiresAt} as="day" />,
								})}
							</li>
						))}
					</ul>
				</div>
			) : null}
		</div>
	);
}
