"use client";
import { useFormatter, useNow, useTimeZone, useTranslations } from "next-intl";
import { useSyncExternalStore } from "react";

const week = 7 * 24 * 60 * 60 * 1000;
const step = 10_000;

// One clock for all times of the page. It moves in steps, so that a render sees one value.
let clock = 0;

function present(): number {
	if (Date.now() - clock > step) clock = Date.now();
	return clock;
}

function everyStep(tick: () => void): () => void {
	const timer = setInterval(tick, step);
	return () => clearInterval(timer);
}

/**
 * A moment. `relative` (the rule) says "4 hours ago" up to a week and the day after that; `day` and
 * `clock` say just those, `moment` both to the second. The exact time is in the title. The server writes UTC, the browser then
 * shows its own zone.
 */
export function Time({
	at,
	as = "relative",
}: {
	at: Date | string;
	as?: "relative" | "day" | "clock" | "moment";
}) {
	const t = useTranslations("ui.time");
	const format = useFormatter();
	const serverNow = useNow();
	const serverZone = useTimeZone();
	const live = useSyncExternalStore(everyStep, present, () => null);
	const now = live === null ? serverNow : new Date(live);
	const timeZone = live === null ? serverZone : Intl.DateTimeFormat().resolvedOptions().timeZone;
	const date = new Date(at);

	const day = () =>
		format.dateTime(date, {
			timeZone,
			day: "numeric",
			month: "short",
			...(date.getUTCFullYear() === now.getUTCFullYear() ? {} : { year: "numeric" }),
		});
	const relative = () => {
		const away = Math.abs(date.getTime() - now.getTime());
		if (away < step) return t("now");
		return away < week ? format.relativeTime(date, now) : day();
	};
	const clockTime = () =>
		format.dateTime(date, { timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit" });

	const moment = () => `${day()}, ${clockTime()}`;
	const text = { relative, day, clock: clockTime, moment }[as]();
	const exact = format.dateTime(date, { timeZone, dateStyle: "long", timeStyle: "long" });
	return (
		<time dateTime={date.toISOString()} title={exact}>
			{text}
		</time>
	);
}
