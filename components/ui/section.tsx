import type { ReactNode } from "react";
import { cx } from "./cx";

/** A part of a page with its own anchor: serif heading, one sentence, actions at the right. */
export function Section({
	id,
	title,
	badge,
	description,
	actions,
	className,
	children,
}: {
	id?: string;
	title: ReactNode;
	badge?: ReactNode;
	description?: ReactNode;
	actions?: ReactNode;
	className?: string;
	children: ReactNode;
}) {
	return (
		<section
			id={id}
			{...(id ? { "aria-labelledby": `${id}-title`, tabIndex: -1 } : {})}
			className={cx("min-w-0", className)}
		>
			<div className="mb-3 flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
				<div className="min-w-0 max-w-[76ch]">
					<div className="flex flex-wrap items-center gap-3">
						<h2
							{...(id ? { id: `${id}-title` } : {})}
							className="font-serif text-head font-semibold"
						>
							{title}
						</h2>
						{badge}
					</div>
					{description ? <p className="text-sm text-ink-2">{description}</p> : null}
				</div>
				{actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
			</div>
			{children}
		</section>
	);
}

/** One of the page's main headings, above its sections: "SSO Configuration". */
export function Part({ title, children }: { title: ReactNode; children: ReactNode }) {
	return (
		<div className="min-w-0">
			<h2 className="mb-4 text-sm text-ink-3">{title}</h2>
			<div className="space-y-12">{children}</div>
		</div>
	);
}
