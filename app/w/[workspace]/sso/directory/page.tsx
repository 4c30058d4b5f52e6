import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { DirectoryPanel } from "@/components/directory/directory-panel";
import { GuideFacts } from "@/components/guide/guide-facts";
import { GuidePane } from "@/components/guide/guide-pane";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { ArchTile } from "@/components/ui/arch-tile";
import { cx } from "@/components/ui/cx";
import { database } from "@/db/client";
import { listConnections } from "@/lib/sso/connections";
import { readGuide } from "@/lib/sso/guide-files";
import type { GuideFact } from "@/lib/sso/guides";
import { type Provider, providers } from "@/lib/sso/providers";
import { directoryActions } from "./panel-actions";
import { directoryView } from "./view";

export async function generateMetadata() {
	const t = await getTranslations("directory.setUp");
	return { title: t("title") };
}

/** The two generic ones have the same guide, so one of them stands for both. */
const sending = providers.filter(({ key, scim }) => scim && key !== "saml");

/** Setting directory sync up: its endpoint and tokens beside the steps at the provider. */
export default async function DirectoryPage({
	params,
	searchParams,
}: PageProps<"/w/[workspace]/sso/directory">) {
	const { workspace: slug } = await params;
	const home = `/w/${slug}/sso`;
	const path = `${home}/directory`;
	const session = await requireMember(slug, path);
	const t = await getTranslations("directory.setUp");
	if (!can(session, "directory.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const { workspace } = session;
	const { provider: asked } = await searchParams;
	const connections = await listConnections(await database(), workspace.id);
	const connected = connections.find(({ status }) => status === "active") ?? connections[0];
	const provider = providerOf(asked) ?? providerOf(connected?.provider) ?? providerOf("oidc");
	if (!provider) throw new Error("there is a guide for any provider");
	const directory = await directoryView(workspace, new Date());
	const nameOf = ({ key, name }: Provider) => (key === "oidc" ? t("any") : name);
	return (
		<Messages of={["directory", "guide"]}>
			<PageHeader
				back={{ href: `${home}#directory`, label: t("back") }}
				tile={<ArchTile size="xl">{nameOf(provider)}</ArchTile>}
				title={t("title")}
			/>
			<GuideFacts known={factsOf(directory)}>
				<nav aria-label={t("providers")} className="mb-6">
					<ul className="flex flex-wrap gap-2">
						{sending.map((each) => (
							<li key={each.key}>
								<Link
									href={`${path}?provider=${each.key}`}
									aria-current={each.key === provider.key ? "page" : undefined}
									className={cx(
										"inline-flex min-h-8 items-center rounded-md border px-3 text-sm no-underline max-md:min-h-11",
										each.key === provider.key
											? "border-ink bg-paper font-medium text-ink"
											: "border-line-2 text-ink-2 hover:border-edge hover:text-ink",
									)}
								>
									{nameOf(each)}
								</Link>
							</li>
						))}
					</ul>
				</nav>
				<div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_320px] lg:gap-7">
					<aside className="min-w-0 lg:col-start-2 lg:row-start-1">
						<GuidePane
							key={provider.key}
							guide={await readGuide(provider.key, "scim")}
							protocol="scim"
							provider={nameOf(provider)}
							values={{
								scimUrl: directory.endpoint,
								scimUrlOfWorkspace: directory.endpointOfWorkspace,
								scimUnique: "userName",
							}}
						/>
					</aside>
					<div className="min-w-0 lg:col-start-1 lg:row-start-1">
						<DirectoryPanel directory={directory} actions={directoryActions(slug)} guided />
					</div>
				</div>
			</GuideFacts>
		</Messages>
	);
}

/** A provider that sends its directory. */
function providerOf(key: unknown): Provider | undefined {
	return sending.find((provider) => provider.key === (key === "saml" ? "oidc" : key));
}

/** What of the steps is known to be done. */
function factsOf({ lastRequestAt, people }: Awaited<ReturnType<typeof directoryView>>) {
	const facts: GuideFact[] = [];
	if (lastRequestAt) facts.push("called");
	if (people > 0) facts.push("people");
	return facts;
}
