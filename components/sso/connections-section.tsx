import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import { ConnectionSummary, type ConnectionView } from "./connection-summary";
import type { DangerActions, DangerView } from "./danger-zone";
import type { SetEnabled } from "./enabled-switch";

/** The connections of a workspace, the one that is on first. */
export function ConnectionsSection({
	connections,
	addHref,
	setEnabled,
	danger,
	actions,
	scim,
}: {
	connections: readonly ConnectionView[];
	addHref: string;
	setEnabled: SetEnabled;
	/** What turning each off would mean. */
	danger: readonly DangerView[];
	actions: DangerActions;
	/** What turns directory sync on, at a connection that was tested or is on. */
	scim?: ((connection: ConnectionView) => ReactNode) | undefined;
}) {
	const t = useTranslations("connections");
	return (
		<Section
			id="connection"
			title={t("title", { count: connections.length })}
			description={t("description")}
			actions={
				<ButtonLink href={addHref} icon={<Plus aria-hidden />}>
					{t("add")}
				</ButtonLink>
			}
		>
			<div className="space-y-4">
				{connections.map((connection) => (
					<ConnectionSummary
						key={connection.id}
						connection={connection}
						folded={connections.length > 1}
						setEnabled={setEnabled}
						danger={danger.find(({ id }) => id === connection.id)}
						actions={actions}
						scim={connection.tested || connection.status === "active" ? scim?.(connection) : null}
					/>
				))}
			</div>
		</Section>
	);
}
