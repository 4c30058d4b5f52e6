import { Button } from "@/components/ui/button";
import { Notice } from "./notice";

/** What an error boundary shows. It takes its words as props: around it there may be no provider. */
export function Broken({
	error,
	retry,
	words,
}: {
	error: unknown;
	retry: () => void;
	words: { title: string; body: string; bodyNoCode: string; code: string; again: string };
}) {
	const digest =
		error instanceof Error && "digest" in error && typeof error.digest === "string"
			? error.digest
			: undefined;
	return (
		<main>
			<Notice
				title={words.title}
				actions={
					<Button variant="ink" onClick={() => retry()}>
						{words.again}
					</Button>
				}
			>
				<p>{digest ? words.body : words.bodyNoCode}</p>
				{digest ? (
					<p>
						{words.code} <code className="text-ink">{digest}</code>
					</p>
				) : null}
			</Notice>
		</main>
	);
}
