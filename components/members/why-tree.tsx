import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/components/ui/cx";
import { Tag } from "@/components/ui/tag";

/** A place a role can come from, what it would give, and what became of it. */
export type Candidate = {
	key: string;
	place: ReactNode;
	/** The role's name, or the value as sent. */
	role: string;
	/** Why it decides, or why it lost. */
	because: ReactNode;
	won: boolean;
	/** Not read at all. */
	struck: boolean;
};

/** The role on top, the line in pass to the source that decides, every other one on a grey branch. */
export function WhyTree({
	label,
	role,
	heading,
	candidates,
}: {
	label: string;
	/** The role in effect, or that there is none. */
	role: string;
	/** "Role" */
	heading: string;
	candidates: readonly Candidate[];
}) {
	const won = candidates.some((candidate) => candidate.won);
	return (
		<div>
			<div className="flex items-center gap-3">
				<span
					aria-hidden
					className={cx(
						"grid size-5 shrink-0 place-items-center rounded-full",
						won ? "bg-pass-fill" : "border border-edge bg-paper",
					)}
				>
					<span className={cx("size-2 rounded-full", won ? "bg-on-fill" : "bg-edge")} />
				</span>
				<span className="text-ink-2">{heading}</span>
				<Tag tone="line">{role}</Tag>
			</div>
			<ol aria-label={label}>
				{candidates.map((candidate, index) => (
					<Branch
						key={candidate.key}
						candidate={candidate}
						last={index === candidates.length - 1}
					/>
				))}
			</ol>
		</div>
	);
}

function Branch({ candidate, last }: { candidate: Candidate; last: boolean }) {
	const { place, role, because, won, struck } = candidate;
	return (
		<li className="relative flex gap-3 pl-7">
			{/* The trunk, and the branch to this one. */}
			<span
				aria-hidden
				className={cx("absolute top-0 left-[9.5px] w-px bg-line-2", last ? "h-[22px]" : "h-full")}
			/>
			<span
				aria-hidden
				className={cx(
					"absolute left-[9.5px]",
					won
						? "top-0 h-[22px] w-4 border-b border-l border-pass-fill"
						: "top-[22px] h-px w-4 bg-line-2",
				)}
			/>
			<span
				aria-hidden
				className={cx(
					"relative mt-3 grid size-5 shrink-0 place-items-center rounded-full",
					won ? "bg-pass-fill text-on-fill" : "border border-edge bg-paper",
				)}
			>
				{won ? <Check className="size-3 stroke-[2.6]" /> : null}
			</span>
			<div className="grid min-w-0 flex-1 items-start gap-x-4 gap-y-1 py-3 sm:grid-cols-[minmax(0,5fr)_minmax(0,2.4fr)_minmax(0,5fr)]">
				<span className="min-w-0 [overflow-wrap:anywhere]">{place}</span>
				<span className={cx("min-w-0", struck && "line-through")}>
					<Tag tone={won ? "line" : "stone"}>{role}</Tag>
				</span>
				<span
					className={cx(
						"min-w-0 text-sm [overflow-wrap:anywhere]",
						won ? "text-pass" : "text-ink-2",
					)}
				>
					{because}
				</span>
			</div>
		</li>
	);
}
