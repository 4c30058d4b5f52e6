"use client";
import { ChevronsUpDown, Plus } from "lucide-react";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { ArchTile } from "@/components/ui/arch-tile";
import { cx } from "@/components/ui/cx";
import { Menu, MenuLabel, MenuLink, MenuSeparator } from "@/components/ui/menu";
import { StateGlyph } from "@/components/ui/state";
import type { ShellWorkspace } from "./nav";

/** The workspace one is in, and the way to another one on the same page. */
export function WorkspaceSwitch({
	current,
	workspaces,
	newWorkspaceHref,
	bar,
}: {
	current: ShellWorkspace;
	workspaces: readonly ShellWorkspace[];
	/** Where anybody may make another one. */
	newWorkspaceHref: string | undefined;
	/** In the top bar: without the tile and the outline. */
	bar?: boolean;
}) {
	const t = useTranslations("shell");
	const path = usePathname();
	const rest = path.split("/").slice(3).join("/");
	const several = workspaces.length > 1 || newWorkspaceHref !== undefined;
	const box = bar
		? "flex h-11 min-w-0 items-center gap-2 rounded-md px-1 font-medium"
		: "flex h-10 w-full items-center gap-2.5 rounded-md border border-line-2 bg-paper px-2 text-left font-medium max-lg:justify-center max-lg:border-transparent max-lg:bg-transparent max-lg:px-0";
	const face = (
		<>
			{bar ? null : (
				<ArchTile tone="ink" size="sm">
					{current.name}
				</ArchTile>
			)}
			<span className={cx("min-w-0 truncate", bar ? "" : "flex-1 max-lg:sr-only")}>
				{current.name}
			</span>
			{several ? (
				<ChevronsUpDown
					className={cx("size-[15px] shrink-0 stroke-[1.6] text-ink-3", bar ? "" : "max-lg:hidden")}
					aria-hidden
				/>
			) : null}
		</>
	);
	if (!several) return <div className={box}>{face}</div>;
	return (
		<Menu
			label={t("switch", { name: current.name })}
			align="start"
			trigger={face}
			triggerClassName={cx(box, "transition-colors hover:border-edge")}
		>
			<MenuLabel>{t("workspaces")}</MenuLabel>
			{workspaces.map((workspace) => (
				<MenuLink
					key={workspace.slug}
					href={`/w/${workspace.slug}${rest ? `/${rest}` : ""}`}
					aria-current={workspace.slug === current.slug ? "true" : undefined}
					icon={
						<ArchTile tone="ink" size="sm">
							{workspace.name}
						</ArchTile>
					}
				>
					<span className="min-w-0 flex-1 py-1">
						<span className="block truncate font-medium">{workspace.name}</span>
						<span className="block text-xs text-ink-3">{workspace.role}</span>
					</span>
					{workspace.state ? <StateGlyph state={workspace.state} /> : null}
				</MenuLink>
			))}
			{newWorkspaceHref ? (
				<>
					<MenuSeparator />
					<MenuLink href={newWorkspaceHref} icon={<Plus aria-hidden />}>
						{t("newWorkspace")}
					</MenuLink>
				</>
			) : null}
		</Menu>
	);
}
