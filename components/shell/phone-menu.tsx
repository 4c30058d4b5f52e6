"use client";
import { Menu as MenuIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ComponentProps, useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { AccountMenu } from "./account-menu";
import type { NavItem } from "./nav";
import { NavList } from "./nav-list";

/** The pages and the account, behind one button of the top bar. */
export function PhoneMenu({
	items,
	...own
}: { items: readonly NavItem[] } & Omit<ComponentProps<typeof AccountMenu>, "compact">) {
	const t = useTranslations("shell");
	const [open, setOpen] = useState(false);
	return (
		<>
			<AccountMenu {...own} compact />
			<button
				type="button"
				aria-label={t("menu")}
				aria-haspopup="dialog"
				onClick={() => setOpen(true)}
				className="-mr-2.5 grid size-11 place-items-center rounded-md"
			>
				<MenuIcon className="size-5 stroke-[1.6] text-ink-2" aria-hidden />
			</button>
			<Dialog open={open} onOpenChange={setOpen} title={t("menu")}>
				<nav aria-label={t("nav")}>
					<NavList items={items} onNavigate={() => setOpen(false)} />
				</nav>
			</Dialog>
		</>
	);
}
