import type { ReactNode } from "react";
import { Spinner } from "./spinner";
import { StateGlyph } from "./state";

/** Instructions where nothing is yet: what is missing, what to press and where, inside a `Panel`. */
export function EmptyState({
	title,
	children,
	listening,
	action,
}: {
	title: ReactNode;
	children?: ReactNode;
	/** The page waits for something from outside: "Listening". */
	listening?: ReactNode;
	action?: ReactNode;
}) {
	return (
		<div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 p-5 max-md:p-4">
			<div className="flex min-w-0 flex-1 basis-64 gap-3.5">
				<span className="mt-0.5">
					<StateGlyph state="not_set_up" size={16} />
				</span>
				<div className="min-w-0 max-w-[60ch]">
					<p className="font-medium">{title}</p>
					{children ? <div className="text-sm text-ink-2">{children}</div> : null}
				</div>
			</div>
			{listening ? (
				<span role="status" className="flex items-center gap-2 text-sm text-ink-3">
					<Spinner silent />
					{listening}
				</span>
			) : null}
			{action}
		</div>
	);
}
