"use client";
import { ChevronsUpDown, Pencil } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect, useState } from "react";
import { buttonClass } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Menu, MenuLink } from "@/components/ui/menu";
import { type State, StateGlyph } from "@/components/ui/state";

export type SectionItem = {
	/** The id of the section. */
	id: string;
	label: string;
	state?: State;
	count?: number;
	/** Has edits that are not applied. */
	edited?: boolean;
};

/** The section one is reading: the last whose head is above the upper third of the window. */
function useCurrent(items: readonly SectionItem[]): string | undefined {
	const [current, setCurrent] = useState(items[0]?.id);
	useEffect(() => {
		const look = () => {
			const passed = items.filter(({ id }) => {
				const top = document.getElementById(id)?.getBoundingClientRect().top;
				return top !== undefined && top < window.innerHeight / 3;
			});
			setCurrent((passed.at(-1) ?? items[0])?.id);
		};
		look();
		addEventListener("scroll", look, { passive: true });
		return () => removeEventListener("scroll", look);
	}, [items]);
	return current;
}

/** The sections of a page: a sticky line at the left from 1200 px, below that "Jump to". */
function SectionNav({ items }: { items: readonly SectionItem[] }) {
	const t = useTranslations("shell.sections");
	const current = useCurrent(items);
	return (
		<>
			<nav aria-label={t("label")} className="hidden self-start lg:sticky lg:top-6 lg:block">
				<ol>
					{items.map((item) => (
						<li key={item.id} className="group/item relative">
							<a
								href={`#${item.id}`}
								aria-current={item.id === current ? "location" : undefined}
								className={cx(
									"flex h-9 items-center gap-3 text-sm no-underline transition-colors",
									item.id === current ? "font-medium text-ink" : "text-ink-2 hover:text-ink",
								)}
							>
								<Sign item={item} />
								<span className="min-w-0 flex-1 truncate">{item.label}</span>
								{item.count === undefined ? null : (
									<span className="font-normal text-ink-2">{item.count}</span>
								)}
							</a>
							<span
								aria-hidden
								className="absolute top-[27px] left-[6.5px] h-[18px] w-px bg-line-2 group-last/item:hidden"
							/>
						</li>
					))}
				</ol>
			</nav>
			<div className="sticky top-14 z-20 -mx-4 mb-6 border-b border-line bg-ground px-4 py-2 md:top-0 md:-mx-10 md:px-10 lg:hidden">
				<Menu
					align="start"
					triggerClassName={cx(buttonClass("line"), "max-w-full")}
					trigger={
						<>
							<span className="text-ink-3">{t("jump")}</span>
							<span className="truncate">{items.find(({ id }) => id === current)?.label}</span>
							<ChevronsUpDown className="text-ink-3" aria-hidden />
						</>
					}
				>
					{items.map((item) => (
						<MenuLink key={item.id} href={`#${item.id}`} icon={<Sign item={item} />}>
							<span className="flex-1">{item.label}</span>
							{item.count === undefined ? null : <span className="text-ink-3">{item.count}</span>}
						</MenuLink>
					))}
				</Menu>
			</div>
		</>
	);
}

/** Its pencil, its state, or a dot, and the same in words. */
function Sign({ item }: { item: SectionItem }) {
	const t = useTranslations("shell.sections");
	const states = useTranslations("ui.state");
	const says = item.edited ? t("edited") : item.state && states(item.state);
	return (
		<span className="grid w-3.5 shrink-0 place-items-center">
			{item.edited ? (
				<Pencil className="size-3.5 stroke-[1.6] text-note" aria-hidden />
			) : item.state ? (
				<StateGlyph state={item.state} />
			) : (
				<span aria-hidden className="size-1.5 rounded-full bg-edge" />
			)}
			{says ? <span className="sr-only">{says}</span> : null}
		</span>
	);
}

/** A page with a section nav at its left, if there is anything to lead to, and 48 between its sections. */
export function SectionLayout({
	items,
	children,
}: {
	items: readonly SectionItem[];
	children: ReactNode;
}) {
	if (items.length === 0) return <div className="min-w-0 space-y-12">{children}</div>;
	return (
		<div className="lg:grid lg:grid-cols-[164px_minmax(0,1fr)] lg:gap-9">
			<SectionNav items={items} />
			<div className="min-w-0 space-y-12">{children}</div>
		</div>
	);
}
