import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { LookAgain } from "@/components/directory/look-again";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { Button, ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { SelectField } from "@/components/ui/select";
import { Table } from "@/components/ui/table";
import { Tag } from "@/components/ui/tag";
import { TextField } from "@/components/ui/text-field";
import { Time } from "@/components/ui/time";
import { database } from "@/db/client";
import {
	type ListedRequest,
	listRequests,
	methods,
	outcomes,
	type RequestFilter,
} from "@/lib/directory/request-list";
import { providerName } from "../provider";
import { changedNames, isDeletion, readablePath } from "./words";

export async function generateMetadata() {
	const t = await getTranslations("requests");
	return { title: t("title") };
}

const pageSize = 50;

/** What the directory asked, newest first, fifty at a time. */
export default async function RequestsPage({
	params,
	searchParams,
}: PageProps<"/w/[workspace]/sso/directory/requests">) {
	const { workspace: slug } = await params;
	const home = `/w/${slug}/sso`;
	const path = `${home}/directory/requests`;
	const session = await requireMember(slug, path);
	const t = await getTranslations("requests");
	if (!can(session, "directory.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const query = await searchParams;
	const filter = filterOf(query);
	const before = typeof query.before === "string" ? query.before : null;
	const { rows, next } = await listRequests(await database(), session.workspace.id, filter, {
		before,
		limit: pageSize,
	});
	const isFiltered = Object.values(filter).some(Boolean);
	const kept = new URLSearchParams(
		Object.entries(filter).flatMap(([name, value]) => (value ? [[name, value]] : [])),
	);
	const any = { value: "", label: t("any") };
	return (
		<Messages of={["requests"]}>
			<PageHeader
				title={t("title")}
				back={{ href: `${home}#directory`, label: t("back") }}
				standing={[t("standing", { provider: await providerName(session.workspace.id) })]}
			/>
			<search>
				<form method="get" className="mb-4 flex flex-wrap items-end gap-3">
					<TextField
						className="grow basis-56"
						type="search"
						name="text"
						label={t("search")}
						defaultValue={filter.text}
					/>
					<SelectField
						name="method"
						label={t("method")}
						defaultValue={filter.method ?? ""}
						options={[any, ...methods.map((value) => ({ value, label: value }))]}
					/>
					<SelectField
						name="outcome"
						label={t("outcome")}
						defaultValue={filter.outcome ?? ""}
						options={[any, ...outcomes.map((value) => ({ value, label: t(`outcomes.${value}`) }))]}
					/>
					<Button type="submit">{t("find")}</Button>
					{isFiltered ? <ButtonLink href={path}>{t("clear")}</ButtonLink> : null}
				</form>
			</search>
			<Panel>
				{rows.length === 0 ? (
					<EmptyState
						title={t(isFiltered ? "nothing.title" : "empty.title")}
						listening={isFiltered ? null : t("empty.listening")}
					>
						{t(isFiltered ? "nothing.body" : "empty.body")}
						{isFiltered ? null : <LookAgain />}
					</EmptyState>
				) : (
					<Table
						caption={t("table")}
						columns={[
							{ label: t("request"), className: "w-1/2" },
							{ label: t("status") },
							{ label: t("token") },
							{ label: t("at") },
							{ label: t("took"), align: "end" },
						]}
						rows={rows.map((row) => ({
							key: row.id,
							cells: [
								<span key="request" className="min-w-0 [overflow-wrap:anywhere]">
									<Link
										href={`${path}/${row.id}`}
										className="font-normal underline-offset-4 hover:underline"
									>
										<code>
											{row.method} {readablePath(row).slice(0, 160)}
										</code>
									</Link>
									{row.replayedBy ? (
										<span className="block text-sm font-normal text-ink-2">
											{t("replayedBy", { name: row.replayedBy })}
										</span>
									) : null}
									{row.changed.length > 0 || isDeletion(row) ? (
										<span className="block text-sm font-normal text-ink-2">
											{isDeletion(row)
												? t("facts.deleted")
												: t("changed", { names: changedNames(row) })}
										</span>
									) : null}
								</span>,
								<Tag key="status" tone={toneOf(row)}>
									{row.status}
								</Tag>,
								<span key="token" className="[overflow-wrap:anywhere]">
									{row.tokenName}
								</span>,
								<Time key="at" at={row.at} />,
								t("ms", { count: row.milliseconds }),
							],
						}))}
					/>
				)}
			</Panel>
			{before || next ? (
				<nav className="mt-4 flex gap-2" aria-label={t("title")}>
					{before ? <ButtonLink href={`${path}?${kept}`}>{t("newest")}</ButtonLink> : null}
					{next ? (
						<ButtonLink href={`${path}?${kept}&before=${next}`}>{t("older")}</ButtonLink>
					) : null}
				</nav>
			) : null}
		</Messages>
	);
}

function filterOf(query: Record<string, string | string[] | undefined>): RequestFilter {
	const { text, method, outcome } = query;
	return {
		text: typeof text === "string" && text.trim() ? text : undefined,
		method: methods.find((each) => each === method),
		outcome: outcomes.find((each) => each === outcome),
	};
}

const toneOf = ({ status }: ListedRequest) =>
	status >= 500 ? "stop" : status >= 400 ? "care" : "stone";
