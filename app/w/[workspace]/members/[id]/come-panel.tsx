import { getTranslations } from "next-intl/server";
import { PasswordLink } from "@/components/members/password-link";
import type { RefusalView } from "@/components/refusal-band";
import { Line, Station } from "@/components/ui/line";
import { Panel, PanelBody } from "@/components/ui/panel";
import type { WhyIn } from "@/lib/impact/why";
import type { Admission } from "@/lib/policy/admit";
import { type Names, reasonTexts } from "./words";

const opens = (admission: Admission | undefined | null) =>
	Boolean(admission) && admission?.outcome !== "refuse";

/** May this member come in: the checks of the way that opens, else of the one that is meant to. */
export async function ComePanel({
	come,
	names,
	mailLink,
}: {
	come: WhyIn;
	names: Names;
	/** Mails a link to choose a password. */
	mailLink: () => Promise<{ ok: true } | RefusalView>;
}) {
	const t = await getTranslations("member.come");
	const { sso, password } = come;
	const bySso = opens(sso?.admission) || (sso !== null && !opens(password));
	const shown = bySso ? sso?.admission : password;
	const { first: name } = names;
	const way = bySso && sso ? sso.provider : t("aPassword");
	const isNew = bySso && sso !== null && sso.subject === null;
	return (
		<section aria-labelledby="come-title">
			<Panel>
				<PanelBody>
					<h2 id="come-title" className="font-serif text-head font-semibold">
						{opens(shown) ? t("yes", { name, way }) : t("no", { name })}
					</h2>
					<p className="text-sm text-ink-2">
						{isNew ? t("leadNew", { email: names.email }) : t("lead")} {await otherWay(come, names)}
					</p>
				</PanelBody>
				{shown ? (
					<PanelBody>
						<Line label={t("line", { name })}>{await stations(shown, names)}</Line>
					</PanelBody>
				) : null}
				{names.email ? (
					<PasswordLink email={names.email} hasPassword={password !== null} send={mailLink} />
				) : null}
			</Panel>
		</section>
	);
}

export async function stations(admission: Admission, names: Names) {
	const checks = await getTranslations("checks");
	// Nobody began this one, so whether the same person came back is no question.
	const passed = admission.why
		.filter((check) => check !== "samePerson")
		.map((check) => <Station key={check} state="done" title={checks(check)} />);
	if (admission.outcome !== "refuse") return passed;
	const { why, fix } = await reasonTexts(names, admission.reason, admission);
	return [
		...passed,
		<Station key={admission.failed} state="refused" title={checks(admission.failed)}>
			<p>{why}</p>
			<p>{fix}</p>
		</Station>,
	];
}

/** What the way that is not drawn would come to, in a sentence. */
async function otherWay({ sso, password }: WhyIn, names: Names): Promise<string> {
	const t = await getTranslations("member.come");
	const drawn = opens(sso?.admission) || (sso !== null && !opens(password));
	if (drawn) {
		if (!password) return t("passwordNone");
		if (password.outcome !== "refuse") return t("passwordYes");
		const { why } = await reasonTexts(names, password.reason, password);
		return t("passwordNo", { why });
	}
	if (!password) return t("nothing");
	if (sso?.admission.outcome !== "refuse") return "";
	const { why } = await reasonTexts(names, sso.admission.reason, sso.admission);
	return t("ssoNo", { provider: sso.provider, why });
}
