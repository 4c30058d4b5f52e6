import { useTranslations } from "next-intl";
import { Folded } from "@/components/ui/folded";

/** What the two ways to sign in by a provider are, for whoever has to choose one. */
export function ProtocolHelp() {
	const t = useTranslations("sso.choose.help");
	return (
		<div className="mt-6 max-w-[76ch]">
			<Folded title={t("title")}>
				<dl className="space-y-3 text-sm text-ink-2">
					<div>
						<dt className="font-medium text-ink">OpenID Connect</dt>
						<dd>
							{t.rich("oidc", {
								link: (text) => (
									<a
										href="https://openid.net/developers/how-connect-works/"
										className="link"
										target="_blank"
										rel="noreferrer"
									>
										{text}
									</a>
								),
							})}
						</dd>
					</div>
					<div>
						<dt className="font-medium text-ink">SAML 2.0</dt>
						<dd>{t("saml")}</dd>
					</div>
					<div>
						<dt className="font-medium text-ink">{t("which")}</dt>
						<dd>{t("choose")}</dd>
					</div>
				</dl>
			</Folded>
		</div>
	);
}
