import Link from "next/link";
import type { ReactNode } from "react";
import { type State, StateBadge } from "./state";

export type Fact = {
	label: string;
	/** A number or a few words, or a state. */
	value: ReactNode | { state: State };
	note?: ReactNode;
	/** Where it is set or listed. */
	href?: string;
	/** A small drawing at the right, with its own text alternative. */
	chart?: ReactNode;
};

function isState(value: Fact["value"]): value is { state: State } {
	return typeof value === "object" && value !== null && "state" in value;
}

/** Up to four facts side by side, each leading to where it comes from. */
export function FactsRow({ facts }: { facts: readonly Fact[] }) {
	return (
		<ul className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line md:auto-cols-fr md:grid-flow-col md:grid-cols-none">
			{facts.map((fact) => (
				<li
					key={fact.label}
					className="relative min-w-0 bg-paper px-5 py-4 max-md:px-4 max-md:last:odd:col-span-2"
				>
					<div className="text-xs text-ink-3">{fact.label}</div>
					<div className="mt-1.5 flex flex-wrap items-end justify-between gap-2">
						<div className="flex min-h-6 min-w-0 items-center text-lg font-medium [overflow-wrap:anywhere]">
							{isState(fact.value) ? (
								<span className="[&>span]:whitespace-normal [&>span]:text-ink">
									<StateBadge state={fact.value.state} plain />
								</span>
							) : (
								fact.value
							)}
						</div>
						{fact.chart}
					</div>
					{fact.note ? (
						<div className="mt-1 text-sm text-ink-2 [overflow-wrap:anywhere]">{fact.note}</div>
					) : null}
					{fact.href ? (
						<Link
							href={fact.href}
							aria-label={fact.label}
							className="absolute inset-0 -outline-offset-2 transition-colors hover:bg-[color-mix(in_srgb,var(--ink)_3%,transparent)]"
						/>
					) : null}
				</li>
			))}
		</ul>
	);
}
