"use client";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { type RefObject, useId, useRef, useState } from "react";
import { cx } from "@/components/ui/cx";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/text-field";
import { choicesFor } from "./choices";
import type { NavItem } from "./nav";

/** Goes anywhere by typing: a page, a part of the SSO page, a person, or what happened. */
export function Palette({
	open,
	items,
	home,
	onClose,
}: {
	open: boolean;
	items: readonly NavItem[];
	home: string;
	onClose: () => void;
}) {
	const t = useTranslations("shell");
	const field = useRef<HTMLInputElement>(null);
	return (
		<Dialog
			open={open}
			onOpenChange={(next) => {
				if (!next) onClose();
			}}
			title={t("palette.title")}
			size="md"
			initialFocus={field}
		>
			{open ? <Search field={field} items={items} home={home} onClose={onClose} /> : null}
		</Dialog>
	);
}

function Search({
	field,
	items,
	home,
	onClose,
}: {
	field: RefObject<HTMLInputElement | null>;
	items: readonly NavItem[];
	home: string;
	onClose: () => void;
}) {
	const t = useTranslations("shell");
	const router = useRouter();
	const id = useId();
	const [typed, setTyped] = useState("");
	const [at, setAt] = useState(0);
	const choices = choicesFor(typed, items, home, {
		page: (page) => t(`pages.${page}`),
		section: (section) => t(`palette.sections.${section}`),
		person: (name) => t("palette.person", { name }),
		event: (text) => t("palette.event", { text }),
		account: t("yourAccount"),
	});
	const current = Math.min(at, choices.length - 1);
	const go = (index: number) => {
		const choice = choices[index];
		if (!choice) return;
		onClose();
		router.push(choice.href);
	};
	return (
		<div>
			<TextField
				label={t("palette.label")}
				ref={field}
				autoComplete="off"
				role="combobox"
				aria-expanded={choices.length > 0}
				aria-controls={choices.length > 0 ? id : undefined}
				aria-activedescendant={choices.length > 0 ? `${id}-${current}` : undefined}
				value={typed}
				onChange={(event) => {
					setTyped(event.target.value);
					setAt(0);
				}}
				onKeyDown={(event) => {
					const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
					if (by !== 0) {
						event.preventDefault();
						setAt((current + by + choices.length) % Math.max(choices.length, 1));
					}
					if (event.key === "Enter") {
						event.preventDefault();
						go(current);
					}
				}}
			/>
			{choices.length === 0 ? <p className="mt-3 text-sm text-ink-2">{t("palette.none")}</p> : null}
			<div
				{...(choices.length > 0 ? { role: "listbox", "aria-label": t("palette.title") } : {})}
				id={id}
				className="mt-3"
			>
				{choices.map(({ href, label }, index) => (
					// biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keyboard
					<div
						key={href}
						id={`${id}-${index}`}
						role="option"
						tabIndex={-1}
						aria-selected={index === current}
						onClick={() => go(index)}
						className={cx(
							"flex min-h-9 cursor-pointer items-center rounded-md px-3 max-md:min-h-11",
							index === current ? "bg-sunk font-medium text-ink" : "text-ink-2 hover:bg-sunk",
						)}
					>
						{label}
					</div>
				))}
			</div>
		</div>
	);
}
