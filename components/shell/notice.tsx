import type { ReactNode } from "react";
import { Mark } from "@/components/ui/mark";

/** A page that only says something: what happened, why, what to do. */
export function Notice({
	title,
	children,
	actions,
}: {
	title: ReactNode;
	children: ReactNode;
	actions?: ReactNode;
}) {
	return (
		<div className="mx-auto flex min-h-[70dvh] max-w-lg flex-col items-start justify-center gap-4 px-4 py-12">
			<Mark size={36} />
			<h1 className="font-serif text-title font-medium">{title}</h1>
			<div className="space-y-3 text-ink-2">{children}</div>
			{actions ? <div className="mt-2 flex flex-wrap gap-2">{actions}</div> : null}
		</div>
	);
}
