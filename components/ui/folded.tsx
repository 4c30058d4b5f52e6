import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

/** A part of a form that few need: its name and sentence, opened by a press. */
export function Folded({
	title,
	note,
	open,
	children,
}: {
	title: ReactNode;
	note?: ReactNode;
	/** Whether it begins open: when something in it is set. */
	open?: boolean;
	children: ReactNode;
}) {
	return (
		<details open={open} className="group">
			<summary className="flex cursor-pointer list-none items-start gap-2 rounded-sm py-1 max-md:min-h-11 max-md:items-center [&::-webkit-details-marker]:hidden">
				<ChevronRight
					aria-hidden
					className="mt-0.5 size-4 shrink-0 stroke-[1.6] text-ink-3 transition-transform group-open:rotate-90"
				/>
				<span className="min-w-0">
					<span className="block text-sm font-medium">{title}</span>
					{note ? <span className="block text-sm text-ink-2">{note}</span> : null}
				</span>
			</summary>
			<div className="pt-3">{children}</div>
		</details>
	);
}
