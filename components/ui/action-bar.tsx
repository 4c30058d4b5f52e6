import type { ReactNode } from "react";

/** Stays at the foot of the shell while something there waits for a decision: edits, a draft. */
export function ActionBar({ children, actions }: { children: ReactNode; actions: ReactNode }) {
	return (
		<>
			<div aria-hidden className="h-16" />
			<div className="fixed inset-x-0 bottom-0 z-20 border-t border-line-2 bg-ground px-4 py-3.5 md:left-14 md:px-10 lg:left-[228px]">
				<div className="mx-auto flex max-w-[1060px] flex-wrap items-center justify-between gap-x-6 gap-y-3">
					<div className="text-sm text-ink-2">{children}</div>
					<div className="flex flex-wrap gap-2 max-sm:w-full max-sm:[&>*]:flex-1">{actions}</div>
				</div>
			</div>
		</>
	);
}
