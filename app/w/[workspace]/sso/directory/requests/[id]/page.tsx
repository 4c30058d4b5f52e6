import Link from "next/link";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { Replay } from "@/components/directory/replay";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { Band } from "@/components/ui/band";
import { FactsRow } from "@/components/ui/facts-row";
import { Panel, PanelBody, PanelHead } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import { database } from "@/db/client";
import { whyNotAgain } from "@/lib/directory/replay";
import { findRequest, listRepeats } from "@/lib/directory/request-list";
import { replayAction } from "../../replay-actions";
import { changedNames, isDeletion, readablePath } from "../words";

export async function generateMetadata() {
	const t = await getTranslations("requests");
	return { title: t("request") };
}

/** One request: what was sent, what was answered, and sending it again. */
export default async function RequestPage({
	params,
}: PageProps<"/w/[workspace]/sso/directory/requests/[id]">) {
	const { workspace: slug, id } = await params;
	const list = `/w/${slug}/sso/directory/requests`;
	const session = await requireMember(slug, `${list}/${id}`);
	const t = await getTranslations("requests");
	if (!can(session, "directory.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const db = await database();
	const logged = await findRequest(db, session.workspace.id, id);
	if (!logged) notFound();
	const { status } = logged;
	const verdict = status >= 500 ? "failed" : status >= 400 ? "refused" : "ok";
	const why = await whyNotAgain(db, logged);
	const repeats = await listRepeats(db, session.workspace.id, id);
	const { replayedBy, repeatsId } = logged;
	const repeated = repeatsId && (await findRequest(db, session.workspace.id, repeatsId));
	const linkTo = (request: string, words: ReactNode) => (
		<Link href={`${list}/${request}`} className="underline underline-offset-4">
			{words}
		</Link>
	);
	return (
		<Messages of={["requests"]}>
			<PageHeader title={t("request")} back={{ href: list, label: t("backToLog") }}>
				<code className="[overflow-wrap:anywhere]">
					{logged.method} {readablePath(logged)}
				</code>
			</PageHeader>
			<div className="space-y-6">
				<Band
					verdict
					tone={verdict === "ok" ? "pass" : verdict === "refused" ? "care" : "stop"}
					title={t(`verdict.${verdict}`, { status })}
				>
					{detailOf(logged.responseBody)}
				</Band>
				<FactsRow
					facts={[
						{
							label: t("facts.token"),
							value: logged.tokenName,
							note: logged.userAgent ?? undefined,
						},
						{
							label: t("facts.when"),
							value: <Time at={logged.at} as="clock" />,
							note: <Time at={logged.at} as="day" />,
						},
						{
							label: t("facts.took"),
							value: t("ms", { count: logged.milliseconds }),
							note: logged.address ? t("facts.from", { address: logged.address }) : undefined,
						},
						{
							label: t("facts.changed"),
							value:
								changedNames(logged) || t(isDeletion(logged) ? "facts.deleted" : "facts.nothing"),
						},
					]}
				/>
				{replayedBy ? (
					<Band
						tone="note"
						title={t.rich("repeats", {
							name: replayedBy,
							which: (words) => (repeated ? linkTo(repeated.id, words) : words),
						})}
					/>
				) : null}
				{logged.notes.length > 0 ? (
					<Band tone="note" title={t("notes")}>
						{logged.notes.join(" ")}
					</Band>
				) : null}
				<Replay
					reason={why}
					incomplete={logged.cut || logged.redacted}
					replay={replayAction.bind(null, slug, id)}
				/>
				{repeats.length > 0 ? (
					<Panel>
						<PanelHead>{t("repeated")}</PanelHead>
						<PanelBody>
							<ul className="space-y-1 text-sm">
								{repeats.map(({ id, at, status, replayedBy: name }) => (
									<li key={id} className="flex flex-wrap gap-x-3">
										{linkTo(id, t("repeat", { name: name ?? "", status }))}
										<Time at={at} />
									</li>
								))}
							</ul>
						</PanelBody>
					</Panel>
				) : null}
				<Panel>
					<PanelHead>{t("sent")}</PanelHead>
					<Body text={logged.requestBody} none={t("noBody")} />
					{logged.cut || logged.redacted ? (
						<PanelBody className="text-sm text-ink-2">
							{[logged.cut ? t("cut") : "", logged.redacted ? t("redacted") : ""].join(" ")}
						</PanelBody>
					) : null}
					<PanelHead>{t("answered")}</PanelHead>
					<Body
						text={logged.responseBody}
						none={t(["GET", "HEAD"].includes(logged.method) && status < 400 ? "notKept" : "noBody")}
					/>
				</Panel>
			</div>
		</Messages>
	);
}

function Body({ text, none }: { text: string | null; none: string }) {
	if (text === null) return <PanelBody className="text-sm text-ink-2">{none}</PanelBody>;
	return (
		<pre className="mono whitespace-pre-wrap p-5 text-sm [overflow-wrap:anywhere] max-md:p-4">
			{pretty(text)}
		</pre>
	);
}

function pretty(text: string): string {
	try {
		return JSON.stringify(JSON.parse(text), null, 2);
	} catch {
		return text;
	}
}

/** What the error said. */
function detailOf(body: string | null): string | null {
	try {
		const parsed: unknown = JSON.parse(body ?? "");
		if (typeof parsed !== "object" || parsed === null || !("detail" in parsed)) return null;
		return typeof parsed.detail === "string" ? parsed.detail : null;
	} catch {
		return null;
	}
}
