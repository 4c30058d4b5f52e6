import { useTranslations } from "next-intl";
import { CopyField } from "@/components/ui/copy-field";
import { Panel, PanelBody } from "@/components/ui/panel";

/** What to give the provider so that signing out reaches from one to the other. */
export function SignOutValues({
	provider,
	signedOut,
	backchannel,
}: {
	provider: string;
	/** Where the provider sends the browser back to after it ended its session. */
	signedOut: string;
	/** Where it tells of a sign-out by itself. */
	backchannel: string;
}) {
	const t = useTranslations("sign_out");
	return (
		<Panel>
			<PanelBody className="space-y-4">
				<div>
					<h2 className="font-serif text-head font-semibold">{t("title")}</h2>
					<p className="text-sm text-ink-2">{t("lead", { provider })}</p>
				</div>
				<div>
					<CopyField label={t("signedOut")} value={signedOut} />
					<p className="mt-1.5 text-sm text-ink-2">{t("signedOutHint", { provider })}</p>
				</div>
				<div>
					<CopyField label={t("backchannel")} value={backchannel} />
					<p className="mt-1.5 text-sm text-ink-2">{t("backchannelHint", { provider })}</p>
				</div>
			</PanelBody>
		</Panel>
	);
}
