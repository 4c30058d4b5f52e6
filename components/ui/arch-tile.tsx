import type { ReactNode } from "react";
import { cx } from "./cx";

const sizes = {
	sm: "h-6 w-[22px] [--arch:11px] text-[0.625rem]",
	md: "h-9 w-8 [--arch:16px] text-base",
	lg: "h-10 w-9 [--arch:18px] text-lg",
	xl: "h-13 w-12 [--arch:24px] text-[1.25rem]",
};

/**
 * A workspace (`ink`, one letter) or a provider (`stone`, two letters or an icon) in the arch.
 * The letters are drawing; say the name beside it.
 */
export function ArchTile({
	children,
	tone = "stone",
	size = "md",
}: {
	/** A name, of which the first letters are shown, or an icon. */
	children: ReactNode;
	tone?: "ink" | "stone";
	size?: keyof typeof sizes;
}) {
	const letters = tone === "ink" ? 1 : 2;
	return (
		<span
			aria-hidden
			className={cx(
				"arch inline-grid shrink-0 place-items-center border pt-0.5 font-serif font-semibold [&_svg]:size-4 [&_svg]:stroke-[1.6]",
				sizes[size],
				tone === "ink" ? "border-ink bg-ink text-paper" : "border-line-2 bg-sunk text-ink",
			)}
		>
			{typeof children === "string" ? [...children.trim()].slice(0, letters).join("") : children}
		</span>
	);
}
