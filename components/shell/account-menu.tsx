"use client";
import { Ellipsis, Keyboard, LogOut, Monitor, Moon, Sun, UserRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId } from "react";
import { type Theme, themes } from "@/components/theme";
import { Avatar } from "@/components/ui/avatar";
import { cx } from "@/components/ui/cx";
import {
	Menu,
	MenuChoice,
	MenuItem,
	MenuLink,
	MenuSeparator,
	MenuSubmit,
} from "@/components/ui/menu";
import { showKeys } from "./keyboard";
import type { ShellAccount } from "./nav";

const themeIcons = { system: <Monitor />, light: <Sun />, dark: <Moon /> };

export type ShellActions = {
	/** Gets `theme`: system, light or dark. Sets the cookie (`components/theme`). */
	setTheme: (data: FormData) => void | Promise<void>;
	signOut: (data: FormData) => void | Promise<void>;
};

/** Who is signed in, and what is theirs: account, theme, sign out. */
export function AccountMenu({
	account,
	accountHref,
	theme,
	actions,
	compact,
}: {
	account: ShellAccount;
	/** Your account; left out while there is no such page. */
	accountHref?: string | undefined;
	theme: Theme;
	actions: ShellActions;
	/** The avatar alone, in the top bar. */
	compact?: boolean;
}) {
	const t = useTranslations("shell");
	const id = useId();
	const narrow = compact ? "sr-only" : "max-lg:sr-only";
	return (
		<>
			<form id={`${id}-theme`} action={actions.setTheme} />
			<form id={`${id}-out`} action={actions.signOut} />
			<Menu
				label={t("account", { name: account.name })}
				side="top"
				align="start"
				triggerClassName={cx(
					"flex items-center gap-2.5 rounded-md text-left transition-colors hover:bg-sunk",
					compact ? "size-11 justify-center" : "h-12 w-full px-2 max-lg:justify-center",
				)}
				trigger={
					<>
						<Avatar name={account.name} />
						<span className={cx("min-w-0 flex-1", narrow)}>
							<span className="block truncate text-sm font-medium">{account.name}</span>
							<span className="block truncate text-xs text-ink-2">{account.role}</span>
						</span>
						<Ellipsis
							className={cx(
								"size-4 shrink-0 stroke-[1.6] text-ink-3",
								compact ? "hidden" : "max-lg:hidden",
							)}
							aria-hidden
						/>
					</>
				}
			>
				<div className="max-w-64 px-2.5 py-1.5">
					<div className="truncate font-medium">{account.name}</div>
					<div className="truncate text-sm text-ink-2">{account.email}</div>
				</div>
				<MenuSeparator />
				{accountHref ? (
					<MenuLink href={accountHref} icon={<UserRound aria-hidden />}>
						{t("yourAccount")}
					</MenuLink>
				) : null}
				<MenuItem onClick={showKeys}>
					<Keyboard aria-hidden />
					{t("keyboard")}
				</MenuItem>
				<MenuChoice
					form={`${id}-theme`}
					name="theme"
					value={theme}
					label={t("theme")}
					options={themes.map((value) => ({
						value,
						label: t(`themes.${value}`),
						icon: themeIcons[value],
					}))}
				/>
				<MenuSeparator />
				<MenuSubmit form={`${id}-out`} icon={<LogOut aria-hidden />}>
					{t("signOut")}
				</MenuSubmit>
			</Menu>
		</>
	);
}
