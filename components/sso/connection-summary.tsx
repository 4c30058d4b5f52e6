import { Pencil } from "lucide-react";
import { useTranslations } from "next-intl";
import { ArchTile } from "@/components/ui/arch-tile";
import { ButtonLink } from "@/components/ui/button";
import { CopyField } from "@/components/ui/copy-field";
import { Panel, PanelBody, PanelFoot, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { StateBadge } from "@/components/ui/state";
import { Time } from "@/components/ui/time";
import { EnabledSwitch, type SetEnabled } from "./enabled-switch";

export type ConnectionView = {
	id: string;
	name: string;
	status: "draft" | "tested" | "active" | "paused";
	issuer: string | null;
	/** Null for SAML. */
	oidc: {
		clientId: string;
		secretSetAt: Date;
		secretSetBy: string;
		secretExpiresOn: string | null;
	} | null;
	redirectUri: string;
	redirectUriLabel: string;
	/** When these settings passed a test, and who did it. Null: never with these. */
	tested: { at: Date; by: string } | null;
};

/** The connection as it is: what was exchanged, whether it was tested, and its switch. */
export function ConnectionSummary({
	connection,
	editHref,
	setEnabled,
}: {
	connection: ConnectionView;
	editHref: string;
	setEnabled: SetEnabled;
}) {
	const t = useTranslations("sso.connection");
	const { name, oidc } = connection;
	return (
		<Section
			id="connection"
			title={t("title")}
			description={t("description")}
			actions={
				<ButtonLink href={editHref} icon={<Pencil aria-hidden />}>
					{t("edit")}
				</ButtonLink>
			}
		>
			<Panel>
				<PanelRow className="flex flex-wrap items-center justify-between gap-3">
					<div className="flex min-w-0 items-center gap-4">
						<ArchTile size="lg">{name}</ArchTile>
						<div className="min-w-0">
							<div className="truncate font-medium">{name}</div>
							<div className="text-sm text-ink-2">{t("protocol")}</div>
						</div>
					</div>
					<StateBadge state={connection.status} />
				</PanelRow>
				<EnabledSwitch
					id={connection.id}
					name={name}
					enabled={connection.status === "active"}
					setEnabled={setEnabled}
				/>
				<PanelBody className="grid gap-5 md:grid-cols-2">
					{connection.issuer ? <CopyField label={t("issuer")} value={connection.issuer} /> : null}
					{oidc ? (
						<>
							<CopyField label={t("clientId")} value={oidc.clientId} />
							<CopyField label={connection.redirectUriLabel} value={connection.redirectUri} />
							<div>
								<div className="mb-1.5 text-sm font-medium">{t("clientSecret")}</div>
								<p className="text-sm text-ink-2">
									{t.rich("secretSet", {
										by: oidc.secretSetBy,
										at: () => <Time at={oidc.secretSetAt} as="day" />,
									})}
								</p>
								{oidc.secretExpiresOn ? (
									<p className="text-sm text-ink-2">
										{t.rich("secretExpires", {
											on: () => <Time at={oidc.secretExpiresOn ?? ""} as="day" />,
										})}
									</p>
								) : null}
							</div>
						</>
					) : null}
				</PanelBody>
				<PanelFoot>
					<span>
						{connection.tested
							? t.rich("tested", {
									by: connection.tested.by,
									at: () => <Time at={connection.tested?.at ?? ""} />,
								})
							: t("untested")}
					</span>
				</PanelFoot>
			</Panel>
		</Section>
	);
}
