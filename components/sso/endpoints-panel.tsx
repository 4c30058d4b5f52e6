import { useTranslations } from "next-intl";
import { Panel, PanelBody } from "@/components/ui/panel";

const shown = [
	"issuer",
	"authorization_endpoint",
	"token_endpoint",
	"userinfo_endpoint",
	"jwks_uri",
	"end_session_endpoint",
] as const;

/** What the provider's own document says, as it was read when the connection was saved. */
export function EndpointsPanel({
	metadata,
}: {
	metadata: Partial<Record<(typeof shown)[number], string | undefined>>;
}) {
	const t = useTranslations("connection.endpoints");
	return (
		<Panel>
			<PanelBody>
				<h2 className="font-serif text-head font-semibold">{t("title")}</h2>
				<p className="mb-4 text-sm text-ink-2">{t("lead")}</p>
				<dl className="grid gap-x-6 gap-y-2 text-sm sm:grid-cols-[9rem_minmax(0,1fr)]">
					{shown.map((name) =>
						metadata[name] ? (
							<div key={name} className="contents">
								<dt className="text-ink-2">{t(name)}</dt>
								<dd className="mono [overflow-wrap:anywhere]">{metadata[name]}</dd>
							</div>
						) : null,
					)}
				</dl>
			</PanelBody>
		</Panel>
	);
}
