import { cookies } from "next/headers";
import { requireMember } from "@/app/require";
import { setTheme, signOut } from "@/app/shell-actions";
import type { NavItem } from "@/components/shell/nav";
import { RecoveryBand } from "@/components/shell/recovery-band";
import { Shell } from "@/components/shell/shell";
import { themeCookie, themeOf } from "@/components/theme";
import { database } from "@/db/client";
import { readVisitor } from "@/lib/accounts/browser";
import { findSessions } from "@/lib/accounts/sessions";
import { signUpIsOpen } from "@/lib/accounts/sign-up";
import { countHolds } from "@/lib/directory/holds";
import { countGroups } from "@/lib/groups/list";
import { loadRoles } from "@/lib/members/access";
import { memberTotal } from "@/lib/members/list";
import { watched } from "@/lib/sso/certificates";
import { conditionOf } from "@/lib/sso/condition";
import { listConnections } from "@/lib/sso/connections";
import { replacementSince } from "@/lib/sso/saml/service-keys";

/** The frame. It shows what the member may open; each page asks again for itself. */
export default async function WorkspaceLayout({ children, params }: LayoutProps<"/w/[workspace]">) {
	const { workspace: slug } = await params;
	const session = await requireMember(slug, undefined, { recovery: true });
	const db = await database();
	const { browserId } = await readVisitor();
	const sessions = await findSessions(db, browserId, new Date());
	const { workspace, member, role, permissions } = session;
	const home = `/w/${workspace.slug}`;
	const items: NavItem[] = [];
	if (permissions.includes("members.read")) {
		const count = await memberTotal(db, workspace.id);
		items.push({ page: "members", href: `${home}/members`, count });
	}
	if (permissions.includes("groups.manage"))
		items.push({
			page: "groups",
			href: `${home}/groups`,
			count: await countGroups(db, workspace.id),
		});
	if (permissions.includes("roles.manage")) {
		const roles = await loadRoles(db, workspace.id);
		items.push({ page: "roles", href: `${home}/roles`, count: roles.length });
	}
	if (permissions.includes("sso.manage")) {
		const connections = await listConnections(db, workspace.id);
		const shown = connections.find(({ status }) => status === "active") ?? connections[0];
		const replacing = shown?.protocol === "saml" ? await replacementSince(db) : null;
		const state = shown
			? conditionOf(watched(shown, replacing), [], new Date()).state
			: "not_set_up";
		const held =
			permissions.includes("directory.manage") && (await countHolds(db, workspace.id)) > 0;
		items.push({
			page: "sso",
			href: `${home}/sso`,
			// What waits for an admin shows from every page.
			state: held && state !== "not_working" ? "needs_attention" : state,
		});
	}
	if (permissions.includes("sso.manage") && permissions.includes("members.read"))
		items.push({ page: "simulator", href: `${home}/simulator` });
	if (permissions.includes("activity.read"))
		items.push({ page: "activity", href: `${home}/activity` });
	if (permissions.includes("api_keys.own"))
		items.push({ page: "api_keys", href: `${home}/api-keys` });
	if (permissions.includes("settings.manage"))
		items.push({ page: "settings", href: `${home}/settings` });
	return (
		<Shell
			workspace={{ slug: workspace.slug, name: workspace.name, role: role.name }}
			workspaces={sessions.map((other) => ({
				slug: other.workspace.slug,
				name: other.workspace.name,
				role: other.role.name,
			}))}
			items={items}
			account={{ name: member.name, email: member.email ?? "", role: role.name }}
			accountHref={`${home}/account`}
			{...(signUpIsOpen() ? { newWorkspaceHref: "/signup" } : {})}
			theme={themeOf((await cookies()).get(themeCookie)?.value)}
			actions={{ setTheme, signOut: signOut.bind(null, workspace.slug) }}
		>
			{session.method === "recovery" ? <RecoveryBand /> : null}
			{children}
		</Shell>
	);
}
