import { getFormatter, getTranslations } from "next-intl/server";
import type { Session } from "@/app/require";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { ConnectionForm } from "@/components/sso/connection-form";
import { TestResult } from "@/components/sso/test-result";
import { ArchTile } from "@/components/ui/arch-tile";
import { StateBadge } from "@/components/ui/state";
import { database } from "@/db/client";
import { loadRoles } from "@/lib/members/access";
import { redirectUri } from "@/lib/sso/broker";
import type { Connection } from "@/lib/sso/connections";
import { providerOf } from "@/lib/sso/providers";
import { lastTest } from "@/lib/sso/sign-in";
import { saveConnectionAction, testConnectionAction, testEndedAction } from "../actions";
import { testView } from "../test-view";

/** The form of a connection, new or stored, with the result of the member's last test beside it. */
export async function ConnectionPage({
	session,
	connection,
	providerKey,
}: {
	session: Session;
	connection: Connection | null;
	providerKey: string;
}) {
	const { workspace } = session;
	const provider = providerOf(providerKey);
	const t = await getTranslations("connection");
	const format = await getFormatter();
	const db = await database();
	const test = await lastTest(db, workspace.id, connection?.id ?? null, session.member.id);
	const name = connection?.name ?? provider.name;
	const home = `/w/${workspace.slug}/sso`;
	return (
		<Messages of={["connection"]}>
			<PageHeader
				back={{ href: home, label: t("back") }}
				tile={<ArchTile size="xl">{name}</ArchTile>}
				title={t(connection ? "edit" : "connect", { provider: name })}
				badge={<StateBadge state={connection?.status ?? "draft"} />}
			/>
			<ConnectionForm
				id={connection?.id ?? null}
				initial={{
					name,
					provider: provider.key,
					issuer: connection?.issuer ?? "",
					clientId: connection?.clientId ?? "",
					clientSecret: "",
					secretExpiresOn: connection?.secretExpiresOn ?? "",
					discoveryEndpoint: connection?.discoveryEndpoint ?? "",
				}}
				words={{
					provider: name,
					redirectUriLabel: provider.redirectUriLabel,
					issuerExample: provider.issuerExample,
				}}
				redirectUri={redirectUri(workspace.id)}
				secretSet={
					connection
						? t("secretSet", {
								on: format.dateTime(connection.secretSetAt, { day: "numeric", month: "short" }),
								by: connection.secretSetBy,
							})
						: null
				}
				actions={{
					save: saveConnectionAction.bind(null, workspace.slug),
					test: testConnectionAction.bind(null, workspace.slug),
					ended: testEndedAction.bind(null, workspace.slug),
				}}
				backHref={home}
				result={
					test ? (
						<TestResult
							test={await testView(test, name, workspace.name, await loadRoles(db, workspace.id))}
						/>
					) : null
				}
			/>
		</Messages>
	);
}
