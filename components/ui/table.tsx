import { Fragment, type ReactNode } from "react";
import { cx } from "./cx";

export type Column = {
	label: string;
	/** Numbers stand at the end. */
	align?: "end";
	/** Only heard: a column of menus or buttons. */
	hideLabel?: boolean;
	/** A width utility: "w-1/3". */
	className?: string;
};

export type Row = {
	key: string;
	/** One for each column; the first is the row's name. */
	cells: readonly ReactNode[];
	/** Changed in the draft, not applied. */
	edited?: boolean;
	/** Stands across the whole width under the row. */
	below?: ReactNode;
};

/** A table inside a `Panel`. On a phone each row becomes its name, then label and value. */
export function Table({
	caption,
	columns,
	rows,
}: {
	caption: string;
	columns: readonly Column[];
	rows: readonly Row[];
}) {
	return (
		<table className="w-full border-collapse text-left max-md:block">
			<caption className="sr-only">{caption}</caption>
			<thead className="max-md:sr-only">
				<tr>
					{columns.map((column) => (
						<th
							key={column.label}
							scope="col"
							className={cx(
								"px-3 py-2.5 text-xs font-normal whitespace-nowrap text-ink-3 first:pl-5 last:pr-5",
								column.align === "end" && "text-right",
								column.className,
							)}
						>
							<span className={column.hideLabel ? "sr-only" : undefined}>{column.label}</span>
						</th>
					))}
				</tr>
			</thead>
			<tbody className="max-md:block">
				{rows.map((row) => (
					<Fragment key={row.key}>
						<tr
							className={cx(
								"border-t border-line max-md:block max-md:px-4 max-md:py-3 max-md:first:border-t-0",
								row.edited && "bg-note-tint",
							)}
						>
							{columns.map((column, index) => (
								<Cell key={column.label} column={column} first={index === 0}>
									{row.cells[index]}
								</Cell>
							))}
						</tr>
						{row.below ? (
							<tr className={cx("max-md:block", row.edited && "bg-note-tint")}>
								<td colSpan={columns.length} className="px-5 pb-4 max-md:block max-md:px-4">
									{row.below}
								</td>
							</tr>
						) : null}
					</Fragment>
				))}
			</tbody>
		</table>
	);
}

function Cell({
	column,
	first,
	children,
}: {
	column: Column;
	first: boolean;
	children: ReactNode;
}) {
	const className = cx(
		"h-11 px-3 py-2 align-middle font-normal first:pl-5 last:pr-5 max-md:flex max-md:h-auto max-md:items-center max-md:justify-between max-md:gap-4 max-md:p-0 max-md:first:p-0 max-md:last:p-0",
		column.align === "end" && "text-right",
		first ? "font-medium" : "text-ink-2 max-md:min-h-8 max-md:text-sm",
	);
	if (first)
		return (
			<th scope="row" className={className}>
				{children}
			</th>
		);
	return (
		<td className={className}>
			{column.hideLabel ? null : (
				<span aria-hidden className="text-ink-3 md:hidden">
					{column.label}
				</span>
			)}
			<span
				className={cx(
					"min-w-0",
					column.hideLabel ? "flex justify-end gap-1 max-md:w-full" : "max-md:text-right",
				)}
			>
				{children}
			</span>
		</td>
	);
}
