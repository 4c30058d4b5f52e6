"use client";
import {
	BadgeCheck,
	DoorOpen,
	KeyRound,
	Layers,
	type LucideIcon,
	ScanSearch,
	ScrollText,
	Settings2,
	Users,
} from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { cx } from "@/components/ui/cx";
import { StateGlyph } from "@/components/ui/state";
import { type NavItem, type NavPage, navGroups } from "./nav";

const icons: Record<NavPage, LucideIcon> = {
	members: Users,
	groups: Layers,
	roles: BadgeCheck,
	sso: DoorOpen,
	simulator: ScanSearch,
	activity: ScrollText,
	api_keys: KeyRound,
	settings: Settings2,
};

/** The pages in their groups. With `narrow`, icons alone between 900 and 1199 px. */
export function NavList({
	items,
	narrow,
	onNavigate,
}: {
	items: readonly NavItem[];
	narrow?: boolean;
	onNavigate?: () => void;
}) {
	const t = useTranslations("shell");
	const states = useTranslations("ui.state");
	const path = usePathname();
	const hidden = narrow ? "max-lg:sr-only" : "";
	return Object.entries(navGroups).map(([group, pages]) => {
		const shown = items.filter((item) => pages.some((page) => page === item.page));
		if (shown.length === 0) return null;
		return (
			<div key={group} className="mt-4 first:mt-0">
				<h2 className={cx("px-2 pb-1 text-sm font-normal text-ink-3", hidden)}>
					{t(`groups.${group}`)}
				</h2>
				<ul className="space-y-px">
					{shown.map((item) => {
						const Icon = icons[item.page];
						const current =
							path === item.href || (!item.href.includes("#") && path.startsWith(`${item.href}/`));
						return (
							<li key={item.page}>
								<Link
									href={item.href}
									aria-current={current ? "page" : undefined}
									title={narrow ? t(`pages.${item.page}`) : undefined}
									{...(onNavigate ? { onClick: onNavigate } : {})}
									className={cx(
										"relative flex h-8 items-center gap-2.5 rounded-md px-2 no-underline transition-colors max-md:h-11",
										narrow && "max-lg:justify-center",
										current
											? "bg-[color-mix(in_srgb,var(--ink)_9%,transparent)] font-medium text-ink"
											: "text-ink-2 hover:bg-sunk hover:text-ink",
									)}
								>
									<Icon className="size-4 shrink-0 stroke-[1.6]" aria-hidden />
									<span className={cx("min-w-0 flex-1 truncate", hidden)}>
										{t(`pages.${item.page}`)}
									</span>
									{item.count === undefined ? null : (
										<span className={cx("text-sm font-normal text-ink-3", hidden)}>
											{item.count}
										</span>
									)}
									{item.state ? (
										<span
											className={narrow ? "max-lg:absolute max-lg:top-0.5 max-lg:right-0.5" : ""}
										>
											<StateGlyph state={item.state} size={narrow ? 14 : 16} />
											<span className="sr-only">{states(item.state)}</span>
										</span>
									) : null}
								</Link>
							</li>
						);
					})}
				</ul>
			</div>
		);
	});
}
