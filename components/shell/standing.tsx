import Link from "next/link";

/** A piece of the standing: plain text, or a value of the policy that leads to where it is set. */
export type StandingPart = string | { text: string; href: string };

/** How people get in, as one generated sentence. Its dotted words lead to where they are set. */
export function Standing({ parts }: { parts: readonly StandingPart[] }) {
	return (
		<p className="w-full max-w-[42em] font-serif text-voice">
			{parts.map((part, index) =>
				typeof part === "string" ? (
					part
				) : (
					<Link
						// biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one sentence, in its order
						key={index}
						href={part.href}
						className="text-ink underline decoration-edge decoration-dotted decoration-2 underline-offset-[5px] transition-colors hover:decoration-ink"
					>
						{part.text}
					</Link>
				),
			)}
		</p>
	);
}
