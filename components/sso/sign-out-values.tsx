import { useTranslations } from "next-intl";
import { CopyField } from "@/components/ui/copy-field";
import { Panel } from "@/components/ui/panel";
import { FormPart } from "./form-part";

/** What to give the provider so that signing out reaches from one to the other. */
export function SignOutValues({
	provider,
	...ours
}: {
	provider: string;
} & (
	| {
			/** Where an OpenID provider sends the browser back to after it ended its session. */
			signedOut: string;
			/** Where it tells of a sign-out by itself. */
			backchannel: string;
	  }
	/** Where a SAML provider does both. */
	| { singleLogout: string }
)) {
	const t = useTranslations("sign_out");
	const names = ["signedOut", "backchannel", "singleLogout"] as const;
	const values: Partial<Record<(typeof names)[number], string>> = ours;
	return (
		<Panel>
			<FormPart title={t("title")} lead={t("lead", { provider })}>
				{names.map((name) =>
					values[name] ? (
						<div key={name}>
							<CopyField label={t(name)} value={values[name]} />
							<p className="mt-1.5 text-sm text-ink-2">{t(`${name}Hint`, { provider })}</p>
						</div>
					) : null,
				)}
			</FormPart>
		</Panel>
	);
}
