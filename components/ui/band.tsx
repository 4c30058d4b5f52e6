import { CircleCheck, CircleX, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx";

export type Tone = "pass" | "care" | "stop" | "note";

const looks = {
	pass: { box: "border-pass-line bg-pass-tint", icon: "text-pass", Icon: CircleCheck },
	care: { box: "border-care-line bg-care-tint", icon: "text-care", Icon: TriangleAlert },
	stop: { box: "border-stop-line bg-stop-tint", icon: "text-stop", Icon: CircleX },
	note: { box: "border-note-line bg-note-tint", icon: "text-note", Icon: Info },
};

/**
 * A verdict: what happened as a sentence, then why and what to do. `verdict` sets the title in serif
 * (a test result, a trace); `inset` is a row of a panel instead of a box of its own. `live` announces
 * it: use it for what appears after an action.
 */
export function Band({
	tone,
	title,
	children,
	action,
	icon,
	verdict,
	inset,
	live,
	id,
}: {
	tone: Tone;
	title: ReactNode;
	children?: ReactNode;
	action?: ReactNode;
	icon?: ReactNode;
	verdict?: boolean;
	inset?: boolean;
	live?: boolean;
	id?: string;
}) {
	const { box, icon: colour, Icon } = looks[tone];
	const role = tone === "stop" ? "alert" : "status";
	return (
		<div
			id={id}
			role={live ? role : undefined}
			className={cx(
				"flex flex-wrap items-start gap-x-4 gap-y-3 px-5 py-3.5 max-md:px-4",
				box,
				inset ? "border-b" : "rounded-lg border",
			)}
		>
			<div className="flex min-w-0 flex-1 basis-64 gap-3">
				<span
					className={cx(
						"mt-0.5 shrink-0 [&>svg]:size-4 [&>svg]:stroke-[1.6]",
						verdict && "mt-1.5",
						colour,
					)}
				>
					{icon ?? <Icon aria-hidden />}
				</span>
				<div className="min-w-0 max-w-[76ch]">
					<div className={verdict ? "font-serif text-head font-semibold" : "font-medium"}>
						{title}
					</div>
					{children ? <div className="text-sm text-ink-2">{children}</div> : null}
				</div>
			</div>
			{action ? (
				<div className="flex shrink-0 items-center gap-2 self-center max-sm:w-full max-sm:[&>*]:flex-1">
					{action}
				</div>
			) : null}
		</div>
	);
}
