import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { ButtonLink } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import { ConnectionSummary, type ConnectionView } from "./connection-summary";
import type { SetEnabled } from "./enabled-switch";

/** The connections of a workspace, the one that is on first. */
export function ConnectionsSection({
	connections,
	addHref,
	setEnabled,
}: {
	connections: readonly ConnectionView[];
	addHref: string;
	setEnabled: SetEnabled;
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
					/>
				))}
			</div>
		</Section>
	);
}
