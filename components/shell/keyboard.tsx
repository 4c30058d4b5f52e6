"use client";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Switch } from "@/components/ui/switch";
import { focusRow, openRow, pressMain } from "./focused";
import { jumps, meaningOf } from "./keys";
import type { NavItem } from "./nav";
import { Palette } from "./palette";

/** How long the second key may take. */
const waitMs = 1200;
/** Kept in this browser: single keys can be switched off (WCAG 2.1.4). */
const storageKey = "gatehouse-single-keys";
/** Sent by whatever opens the list of keys beside `?`. */
const helpEvent = "gatehouse:keys";

/** Opens the list of keys. */
export const showKeys = () => window.dispatchEvent(new Event(helpEvent));

const isOn = () => {
	try {
		return localStorage.getItem(storageKey) !== "off";
	} catch {
		return true;
	}
};

/** Listens for the keys of the shell, and shows the palette and the list of keys. */
export function Keyboard({ items, home }: { items: readonly NavItem[]; home: string }) {
	const router = useRouter();
	const [open, setOpen] = useState<"palette" | "help" | null>(null);
	const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
	useEffect(() => {
		const stopWaiting = () => {
			clearTimeout(waiting.current);
			waiting.current = undefined;
		};
		const onKey = (event: KeyboardEvent) => {
			if (event.defaultPrevented || event.isComposing || event.repeat) return;
			const press = {
				key: event.key,
				ctrl: event.ctrlKey,
				meta: event.metaKey,
				alt: event.altKey,
				typing: isTyping(event.target),
				inDialog: document.querySelector("[role=dialog],[role=alertdialog],[role=menu]") !== null,
			};
			const act = meaningOf(press, waiting.current !== undefined, isOn());
			stopWaiting();
			if (!act) return;
			if (act.do === "wait") {
				waiting.current = setTimeout(stopWaiting, waitMs);
				return;
			}
			if (act.do === "go") {
				const item = items.find(({ page }) => page === act.page);
				if (item) router.push(item.href);
				return;
			}
			// Nothing to do, nothing taken from the browser.
			if (act.do === "search" && !focusSearch()) return;
			if (act.do === "row" && !focusRow(act.by)) return;
			if (act.do === "open" && !openRow()) return;
			if (act.do === "main" && !pressMain()) return;
			if (act.do === "section" && !focusSection(act.by)) return;
			event.preventDefault();
			if (act.do === "palette" || act.do === "help") setOpen(act.do);
		};
		const onHelp = () => setOpen("help");
		window.addEventListener("keydown", onKey);
		window.addEventListener(helpEvent, onHelp);
		return () => {
			stopWaiting();
			window.removeEventListener("keydown", onKey);
			window.removeEventListener(helpEvent, onHelp);
		};
	}, [items, router]);
	const close = () => setOpen(null);
	return (
		<>
			<Palette open={open === "palette"} items={items} home={home} onClose={close} />
			<KeyList open={open === "help"} items={items} onClose={close} />
		</>
	);
}

function isTyping(target: EventTarget | null): boolean {
	return (
		target instanceof HTMLElement &&
		(target.isContentEditable ||
			target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button])"))
	);
}

/** The first search of this page, if it has one. */
function focusSearch(): boolean {
	const field = document.querySelector<HTMLInputElement>("main input[type=search]");
	field?.focus();
	field?.select();
	return field !== null;
}

/** The section after or before the one that has the focus. */
function focusSection(by: 1 | -1): boolean {
	const all = [...document.querySelectorAll<HTMLElement>("main section[id]")];
	const now = all.findIndex((section) => section.contains(document.activeElement));
	const next = all[now === -1 ? (by === 1 ? 0 : all.length - 1) : now + by];
	next?.focus();
	return next !== undefined;
}

/** The list of keys, and the switch that turns single ones off. */
function KeyList({
	open,
	items,
	onClose,
}: {
	open: boolean;
	items: readonly NavItem[];
	onClose: () => void;
}) {
	const t = useTranslations("shell");
	const [on, setOn] = useState(true);
	useEffect(() => {
		if (open) setOn(isOn());
	}, [open]);
	const rows: [ReactNode, string][] = [
		[<Keys key="k" of={["Ctrl", "K"]} />, t("keys.palette")],
		[<Keys key="/" of={["/"]} />, t("keys.search")],
		...Object.entries(jumps).flatMap(([key, page]): [ReactNode, string][] =>
			items.some((item) => item.page === page) && page
				? [[<Keys key={key} of={["g", key]} />, t(`pages.${page}`)]]
				: [],
		),
		[<Keys key="jk" of={["j", "k"]} />, t("keys.rows")],
		[<Keys key="o" of={["o"]} />, t("keys.open")],
		[<Keys key="[]" of={["[", "]"]} />, t("keys.sections")],
		[<Keys key="enter" of={["Ctrl", "Enter"]} />, t("keys.main")],
		[<Keys key="esc" of={["Esc"]} />, t("keys.close")],
		[<Keys key="?" of={["?"]} />, t("keys.help")],
	];
	return (
		<Dialog
			open={open}
			onOpenChange={(next) => {
				if (!next) onClose();
			}}
			title={t("keys.title")}
			description={t("keys.lead")}
		>
			<dl className="space-y-2">
				{rows.map(([keys, does]) => (
					<div key={does} className="grid grid-cols-[7rem_minmax(0,1fr)] items-center gap-3">
						<dt>{keys}</dt>
						<dd className="text-sm text-ink-2">{does}</dd>
					</div>
				))}
			</dl>
			<div className="mt-5 flex items-center justify-between gap-4 border-t border-line pt-4">
				<span id="single-keys" className="text-sm">
					{t("keys.single")}
				</span>
				<Switch
					checked={on}
					aria-labelledby="single-keys"
					onChange={(event) => {
						const next = event.target.checked;
						setOn(next);
						localStorage.setItem(storageKey, next ? "on" : "off");
					}}
				/>
			</div>
		</Dialog>
	);
}

function Keys({ of }: { of: readonly string[] }) {
	return (
		<span className="flex gap-1">
			{of.map((key) => (
				<kbd
					key={key}
					className="mono inline-grid min-w-6 place-items-center rounded-sm border border-line-2 bg-sunk px-1.5 text-xs leading-5"
				>
					{key}
				</kbd>
			))}
		</span>
	);
}
