import type { ReactNode } from "react";
import { cx } from "./cx";

/** Paper with one hairline around. Parts inside are `PanelRow`, `PanelHead`, `PanelFoot` or a table. */
export function Panel({
	tone,
	className,
	children,
}: {
	/** The verdict that outlines the whole panel: a test result, the danger zone. */
	tone?: "pass" | "stop" | undefined;
	className?: string;
	children: ReactNode;
}) {
	const edge = { pass: "border-pass-line", stop: "border-stop-line" };
	return (
		<div
			className={cx(
				"overflow-clip rounded-lg border bg-paper [--mark-ground:var(--paper)] [&>*+*]:border-t [&>*+*]:border-line",
				tone ? edge[tone] : "border-line",
				className,
			)}
		>
			{children}
		</div>
	);
}

/** One row of a panel, 20 from its sides. */
export function PanelRow({ className, children }: { className?: string; children: ReactNode }) {
	return <div className={cx("px-5 py-3 max-md:px-4", className)}>{children}</div>;
}

/** The part of a panel that holds fields: 20 on each side. */
export function PanelBody({ className, children }: { className?: string; children: ReactNode }) {
	return <div className={cx("p-5 max-md:p-4", className)}>{children}</div>;
}

/** A quiet heading between rows: "Who may come in". */
export function PanelHead({ children }: { children: ReactNode }) {
	return (
		<h3 className="bg-ground px-5 py-2 text-sm font-medium text-ink-2 max-md:px-4">{children}</h3>
	);
}

/** The quiet last line of a panel: who changed it, what else there is. */
export function PanelFoot({ className, children }: { className?: string; children: ReactNode }) {
	return (
		<div
			className={cx(
				"flex flex-wrap items-center gap-2 bg-ground px-5 py-2.5 text-sm text-ink-2 max-md:px-4",
				className,
			)}
		>
			{children}
		</div>
	);
}
