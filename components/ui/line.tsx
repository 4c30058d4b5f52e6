import { Check, X } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { cx } from "./cx";

/** What became of a station: passed, the next one, where it ended, or not reached. */
export type StationState = "done" | "current" | "refused" | "waiting";

/** The one line of the product: checklist, guide, trace and "may this person come in?". */
export function Line({ label, children }: { label: string; children: ReactNode }) {
	return (
		<ol aria-label={label} className="min-w-0">
			{children}
		</ol>
	);
}

/** A stop on a `Line`. */
export function Station({
	state,
	title,
	number,
	elapsed,
	aside,
	children,
}: {
	state: StationState;
	title: ReactNode;
	/** Shown in the circle while it waits. */
	number?: number;
	/** Left of the line: "17.9 s". */
	elapsed?: string;
	/** Right of the title: "Checked 4 hours ago". */
	aside?: ReactNode;
	children?: ReactNode;
}) {
	const t = useTranslations("ui.line");
	return (
		<li className="group/station flex gap-3">
			{elapsed === undefined ? null : (
				<span className="w-14 shrink-0 text-right text-sm text-ink-3">{elapsed}</span>
			)}
			<span className="flex w-5 shrink-0 flex-col items-center">
				<Marker state={state} number={number} />
				<span
					aria-hidden
					className={cx(
						"w-px flex-1 group-last/station:hidden",
						state === "done" ? "bg-pass-fill" : "bg-line-2",
					)}
				/>
			</span>
			<div className="min-w-0 flex-1 pb-5 group-last/station:pb-0">
				<div className="flex flex-wrap items-baseline justify-between gap-x-4">
					<div
						className={cx(
							"font-medium",
							state === "waiting" && number === undefined && "font-normal text-ink-3",
						)}
					>
						<span className="sr-only">{t(state)}: </span>
						{title}
					</div>
					{aside ? <div className="text-sm text-ink-2">{aside}</div> : null}
				</div>
				{children ? <div className="text-sm text-ink-2">{children}</div> : null}
			</div>
		</li>
	);
}

function Marker({ state, number }: { state: StationState; number: number | undefined }) {
	const circle = "grid size-5 shrink-0 place-items-center rounded-full";
	const icon = "size-3 stroke-[2.6]";
	switch (state) {
		case "done":
			return (
				<span aria-hidden className={cx(circle, "bg-pass-fill text-on-fill")}>
					<Check className={icon} />
				</span>
			);
		case "refused":
			return (
				<span aria-hidden className={cx(circle, "bg-stop-fill text-on-fill")}>
					<X className={icon} />
				</span>
			);
		case "current":
			return (
				<span aria-hidden className={cx(circle, "border border-ink bg-paper")}>
					<span className="size-2 rounded-full bg-ink" />
				</span>
			);
		case "waiting":
			return (
				<span
					aria-hidden
					className={cx(circle, "border border-line-2 bg-paper text-[0.6875rem] text-ink-2")}
				>
					{number}
				</span>
			);
	}
}
