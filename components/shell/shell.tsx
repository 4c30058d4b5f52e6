import Link from "next/link";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { Theme } from "@/components/theme";
import { Mark } from "@/components/ui/mark";
import { SkipLink } from "@/components/ui/skip-link";
import { AccountMenu, type ShellActions } from "./account-menu";
import { Keyboard } from "./keyboard";
import type { NavItem, ShellAccount, ShellWorkspace } from "./nav";
import { NavList } from "./nav-list";
import { PhoneMenu } from "./phone-menu";
import { WorkspaceSwitch } from "./workspace-switch";

/**
 * The frame of a workspace's pages: a sidebar of 228 px, of 56 px icons below 1200, and a top bar
 * below 900. It shows what it is given and checks nothing.
 */
export function Shell({
	workspace,
	workspaces,
	items,
	account,
	accountHref,
	newWorkspaceHref,
	theme,
	actions,
	children,
}: {
	workspace: ShellWorkspace;
	/** All that this browser is signed in to, this one among them. */
	workspaces: readonly ShellWorkspace[];
	items: readonly NavItem[];
	account: ShellAccount;
	accountHref?: string;
	/** Where anybody may make another workspace. */
	newWorkspaceHref?: string;
	theme: Theme;
	actions: ShellActions;
	children: ReactNode;
}) {
	const t = useTranslations("shell");
	const home = items[0]?.href ?? `/w/${workspace.slug}`;
	const switching = { current: workspace, workspaces, newWorkspaceHref };
	const own = { account, accountHref, theme, actions };
	return (
		<div className="min-h-dvh md:grid md:grid-cols-[56px_minmax(0,1fr)] lg:grid-cols-[228px_minmax(0,1fr)]">
			<SkipLink />
			<Keyboard items={items} home={`/w/${workspace.slug}`} />
			<header className="sticky top-0 z-30 flex h-14 items-center gap-2 border-b border-line bg-ground px-4 md:hidden">
				<Link
					href={home}
					aria-label={t("home")}
					className="grid size-11 -ml-2.5 place-items-center"
				>
					<Mark />
				</Link>
				<div className="min-w-0 flex-1">
					<WorkspaceSwitch {...switching} bar />
				</div>
				<PhoneMenu items={items} {...own} />
			</header>
			<header className="sticky top-0 z-30 hidden h-dvh flex-col border-r border-line px-3 py-4 md:flex max-lg:px-2">
				<Link
					href={home}
					className="mb-3.5 flex items-center gap-2.5 rounded-md px-2 text-ink no-underline max-lg:justify-center max-lg:px-0"
				>
					<Mark />
					<span className="font-serif text-head leading-7 font-semibold max-lg:sr-only">
						{t("name")}
					</span>
				</Link>
				<WorkspaceSwitch {...switching} />
				<nav aria-label={t("nav")} className="-mx-1 mt-4 min-h-0 flex-1 overflow-y-auto px-1">
					<NavList items={items} narrow />
				</nav>
				<AccountMenu {...own} />
			</header>
			<main id="main" className="min-w-0 px-4 pb-16 md:px-10">
				<div className="mx-auto max-w-[1060px] pt-6 md:pt-8">{children}</div>
			</main>
		</div>
	);
}
