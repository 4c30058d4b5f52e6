import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { PinRole, SetRole } from "@/components/members/role-forms";
import { type Candidate, WhyTree } from "@/components/members/why-tree";
import { Panel, PanelBody, PanelFoot } from "@/components/ui/panel";
import type { SelectOption } from "@/components/ui/select";
import type { WhyRole } from "@/lib/impact/why";
import type { Member } from "@/lib/members/members";
import { pinRoleAction, setRoleAction, unpinRoleAction } from "./actions";
import { type Names, roleName } from "./words";

type Source = NonNullable<WhyRole["access"]["source"]>;

/** Why this role: every place one can come from, and giving one by hand. */
export async function WhyPanel({
	slug,
	member,
	why,
	names,
	from,
	roles,
	kept,
	locked,
}: {
	slug: string;
	member: Member;
	why: WhyRole;
	names: Names;
	/** Where roles come from for this member, in words. */
	from: string;
	/** Null for whoever may only look. */
	roles: readonly SelectOption[] | null;
	/** The provider's name where the role set here is kept beside. */
	kept: string | null;
	locked: string | null;
}) {
	const t = await getTranslations("member.why");
	const { access, without } = why;
	const role = access.role === null ? null : roleName(names, access.role);
	const would = member.status === "suspended";
	const { first: name } = names;
	const title = role ? t("title", { name, role }) : t("titleNone", { name });
	return (
		<section aria-labelledby="why-title">
			<Panel>
				<PanelBody>
					<h2 id="why-title" className="font-serif text-head font-semibold">
						{would ? t("titleWould", { name }) : title}
					</h2>
					<p className="text-sm text-ink-2">{t(would ? "leadWould" : "lead")}</p>
				</PanelBody>
				<PanelBody className="pt-4">
					<WhyTree
						label={t("tree", { name })}
						heading={t("role")}
						role={role ?? t("none")}
						candidates={await candidatesOf(why, names, from)}
					/>
				</PanelBody>
				<GroupNotes why={why} names={names} mappingHref={`/w/${slug}/sso/mapping`} />
				{without ? (
					<PanelFoot>
						{without.role === null
							? t("withoutNone")
							: t("without", { role: roleName(names, without.role) })}
					</PanelFoot>
				) : null}
				{roles ? (
					<PanelBody className="space-y-5">
						<SetRole
							action={setRoleAction.bind(null, slug, member.id)}
							roles={roles}
							role={member.roleByHand}
							kept={kept}
							locked={locked}
						/>
						<PinRole
							actions={{
								pin: pinRoleAction.bind(null, slug, member.id),
								unpin: unpinRoleAction.bind(null, slug, member.id),
							}}
							roles={roles}
							role={access.role ?? member.roleByHand ?? ""}
							pinned={
								member.pinnedRole === null
									? null
									: {
											role: roleName(names, member.pinnedRole),
											reason: member.pinnedReason ?? "",
										}
							}
						/>
					</PanelBody>
				) : null}
			</Panel>
		</section>
	);
}

/** Groups of the provider that give nothing here, and why. */
async function GroupNotes({
	why: { groups },
	names,
	mappingHref,
}: {
	why: WhyRole;
	names: Names;
	mappingHref: string;
}) {
	const t = await getTranslations("member.why.groups");
	if (!groups || (groups.arrived > 0 && groups.unmapped.length === 0)) return null;
	const words = { name: names.first, provider: names.provider };
	return (
		<PanelFoot>
			<span>
				{groups.arrived === 0
					? t("none", words)
					: t.rich("unmapped", {
							...words,
							count: groups.unmapped.length,
							groups: groups.unmapped.slice(0, 10).join(", "),
							map: (label) => (
								<Link href={mappingHref} className="link">
									{label}
								</Link>
							),
						})}
			</span>
		</PanelFoot>
	);
}

export async function candidatesOf(
	{ access }: Pick<WhyRole, "access">,
	names: Names,
	from: string,
): Promise<Candidate[]> {
	const t = await getTranslations("member.why");
	const place = (source: Source) =>
		t.rich(`sources.${source.kind}`, {
			b: (words) => <b className="font-medium">{words}</b>,
			code: (words) => <code>{words}</code>,
			name: "name" in source ? source.name : "value" in source ? source.value : "",
			provider: names.provider,
		});
	const key = (source: Source) =>
		[source.kind, "id" in source ? source.id : "", "value" in source ? source.value : ""].join(" ");
	const wins = (source: Source) =>
		source.kind === "pinned"
			? t("pinnedBecause", { reason: source.reason ?? "" })
			: t(`wins.${source.kind}`, { provider: names.provider });
	const winner = access.role === null ? "" : roleName(names, access.role);
	return [
		...(access.source && access.role !== null
			? [
					{
						key: key(access.source),
						place: place(access.source),
						role: winner,
						because: wins(access.source),
						won: true,
						struck: false,
					},
				]
			: []),
		...access.losing.map(({ role, source, because }) => ({
			key: key(source),
			place: place(source),
			role: roleName(names, role),
			because: t(`lost.${because}`, { winner, from }),
			won: false,
			struck: because === "notRead" || because === "capped" || because === "unknownRole",
		})),
	];
}
