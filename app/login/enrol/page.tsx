import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { EnrolStep } from "@/components/login/enrol-step";
import { Messages } from "@/components/messages";
import { database } from "@/db/client";
import { enrolledSeed } from "@/lib/accounts/enrolment";
import { hiddenQuery, loginPath, loginQuery } from "../address";
import { openChallenge, stepPath } from "../challenge";
import { reasonText } from "../reason-text";
import { beginEnrolment, confirmFactor, finish, keepPasskey, offerPasskey } from "./actions";

export async function generateMetadata() {
	const t = await getTranslations("login.enrol");
	return { title: t("title") };
}

/** Step 3 where a second factor is required and there is none: it is set up before any session. */
export default async function EnrolPage({ searchParams }: PageProps<"/login/enrol">) {
	const params = await searchParams;
	const query = loginQuery(params);
	const open = await openChallenge(query.workspace);
	if (!open) redirect(loginPath("/login", query));
	const { workspace, member, stage } = open.challenge;
	if (stage.kind === "ask") redirect(stepPath(open.challenge, query));
	const kinds = stage.kind === "enrol" ? stage.factors : [];
	const chosen = kinds.find((each) => each === params.use) ?? null;
	const seed = chosen === "app" ? await enrolledSeed(await database(), open.challenge) : null;
	const here = { workspace: workspace.slug, next: query.next };
	const error = await reasonText(String(params.error ?? ""), workspace.name);
	return (
		<Messages of={["login"]}>
			<EnrolStep
				workspace={workspace.name}
				email={member.email ?? ""}
				kinds={kinds}
				kind={chosen === "app" && !seed ? null : chosen}
				seed={seed}
				passed={stage.kind === "passed"}
				startHref={loginPath("/login/enrol", here)}
				cancelHref={loginPath("/login", query)}
				error={error || undefined}
				hidden={hiddenQuery(here)}
				actions={{
					begin: beginEnrolment,
					confirm: confirmFactor,
					offerPasskey: offerPasskey.bind(null, here),
					keepPasskey: keepPasskey.bind(null, here),
					finish,
				}}
			/>
		</Messages>
	);
}
