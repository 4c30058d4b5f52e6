import { cx } from "./cx";

const sizes = { sm: "size-6 text-[0.625rem]", md: "size-7 text-xs", lg: "size-13 text-[1.125rem]" };

/** The initials of a person in a circle. The name is said beside it. */
export function Avatar({ name, size = "md" }: { name: string; size?: keyof typeof sizes }) {
	const words = name.trim().split(/\s+/);
	const initials = [words[0], words.length > 1 ? words.at(-1) : undefined]
		.map((word) => [...(word ?? "")][0] ?? "")
		.join("")
		.toLocaleUpperCase("en");
	return (
		<span
			aria-hidden
			className={cx(
				"inline-grid shrink-0 place-items-center rounded-full border border-line bg-sunk font-medium text-ink-2",
				sizes[size],
			)}
		>
			{initials}
		</span>
	);
}
