import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { type FactorKind, FactorStep } from "@/components/login/factor-step";
import { PasskeyButton } from "@/components/login/passkey-button";
import { Messages } from "@/components/messages";
import { hiddenQuery, loginPath, loginQuery } from "../address";
import { openChallenge, stepPath } from "../challenge";
import { reasonText } from "../reason-text";
import { askPasskey, giveCode, givePasskey, sendCode } from "./actions";

export async function generateMetadata() {
	const t = await getTranslations("login.factor");
	return { title: t("title") };
}

/** Step 3: the second factor, after a right password and before any session. */
export default async function FactorPage({ searchParams }: PageProps<"/login/factor">) {
	const params = await searchParams;
	const query = loginQuery(params);
	const open = await openChallenge(query.workspace);
	if (!open) redirect(loginPath("/login", query));
	const { workspace, member, stage, held, codeSent } = open.challenge;
	if (stage.kind !== "ask") redirect(stepPath(open.challenge, query));
	const kinds: FactorKind[] = [...stage.factors, ...recovery(held.recoveryCodes)];
	const kind = kinds.find((each) => each === params.use) ?? kinds[0] ?? "app";
	const here = { workspace: workspace.slug, next: query.next };
	const error = await reasonText(String(params.error ?? ""), workspace.name);
	return (
		<Messages of={["login"]}>
			<FactorStep
				kind={kind}
				workspace={workspace.name}
				email={member.email ?? ""}
				action={giveCode}
				send={sendCode}
				codeSent={codeSent}
				passkey={
					<PasskeyButton ask={askPasskey.bind(null, here)} answer={givePasskey.bind(null, here)} />
				}
				others={kinds
					.filter((each) => each !== kind)
					.map((each) => ({
						kind: each,
						href: loginPath("/login/factor", { ...here, use: each }),
					}))}
				cancelHref={loginPath("/login", query)}
				error={error || undefined}
				hidden={hiddenQuery(here)}
			/>
		</Messages>
	);
}

const recovery = (left: number): FactorKind[] => (left > 0 ? ["recovery"] : []);
