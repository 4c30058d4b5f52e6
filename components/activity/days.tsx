"use client";
import { useFormatter, useTimeZone, useTranslations } from "next-intl";
import { type KeyboardEvent, type ReactNode, useRef, useSyncExternalStore } from "react";

type DayRow = { key: string; at: Date; node: ReactNode };

const never = () => () => {};

/**
 * Rows under the days they happened on: the reader's days, once the browser knows its zone. While
 * the focus is on a row, j and k go to the next and the one before.
 */
export function DaysOf({ label, rows }: { label: string; rows: readonly DayRow[] }) {
	const t = useTranslations("ui.days");
	const format = useFormatter();
	const serverZone = useTimeZone();
	const timeZone = useSyncExternalStore(
		never,
		() => Intl.DateTimeFormat().resolvedOptions().timeZone,
		() => serverZone,
	);
	const list = useRef<HTMLDivElement>(null);
	const dayOf = (at: Date) =>
		format.dateTime(at, {
			timeZone,
			weekday: "long",
			day: "numeric",
			month: "long",
			year: "numeric",
		});
	const days: { day: string; rows: DayRow[] }[] = [];
	for (const row of rows) {
		const day = dayOf(new Date(row.at));
		const last = days.at(-1);
		if (last?.day === day) last.rows.push(row);
		else days.push({ day, rows: [row] });
	}
	const move = ({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent) => {
		if ((key !== "j" && key !== "k") || ctrlKey || metaKey || altKey) return;
		const links = [...(list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
		const at = links.indexOf(target as HTMLElement);
		if (at < 0) return;
		links[at + (key === "j" ? 1 : -1)]?.focus();
	};
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: the rows inside take the keys
		<div ref={list} onKeyDown={move} className="[&>*+*]:border-t [&>*+*]:border-line">
			{days.map(({ day, rows: ofDay }) => (
				<section key={day} aria-label={`${label}, ${day}`}>
					<h2 className="bg-ground px-5 py-2 text-sm max-md:px-4">
						<span className="font-medium">{day}</span>{" "}
						<span className="ml-2 text-ink-3">{t("count", { count: ofDay.length })}</span>
					</h2>
					<ul>
						{ofDay.map(({ key, node }) => (
							<li key={key} data-row className="border-t border-line">
								{node}
							</li>
						))}
					</ul>
				</section>
			))}
		</div>
	);
}
