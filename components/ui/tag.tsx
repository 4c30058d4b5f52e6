import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { cx } from "./cx";

const tones = {
	stone: "border-transparent bg-sunk text-ink-2",
	line: "border-line-2 bg-paper text-ink font-medium",
	pass: "border-transparent bg-pass-tint text-pass",
	care: "border-transparent bg-care-tint text-care",
	stop: "border-transparent bg-stop-tint text-stop",
	note: "border-transparent bg-note-tint text-note",
};

/** A short word in a row. `line` is a role, `stone` a group; the others are verdicts. */
export function Tag({
	tone = "stone",
	children,
}: {
	tone?: keyof typeof tones;
	children: ReactNode;
}) {
	return (
		<span
			className={cx(
				"inline-flex h-5.5 items-center whitespace-nowrap rounded-xs border px-1.5 text-xs",
				tones[tone],
			)}
		>
			{children}
		</span>
	);
}

const outcomes = {
	welcome: "pass",
	added: "pass",
	linked: "pass",
	replaced: "pass",
	refused: "stop",
	updated: "stone",
	role_changed: "stone",
	deactivated: "stone",
	held: "care",
	ignored: "care",
	changed: "note",
	passed: "pass",
} as const;

/** What a sign-in or a change came to. */
export type Outcome = keyof typeof outcomes;

/** The tag of an activity row, in its one word. */
export function OutcomeTag({ outcome }: { outcome: Outcome }) {
	const t = useTranslations("ui.outcome");
	return <Tag tone={outcomes[outcome]}>{t(outcome)}</Tag>;
}
