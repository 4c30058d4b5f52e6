import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { cx } from "./cx";

/** Every state that a connection, a domain, a directory, a member or a token can be in. */
export type State =
	| "not_set_up"
	| "draft"
	| "tested"
	| "active"
	| "paused"
	| "needs_attention"
	| "not_working"
	| "waiting_for_dns"
	| "verified"
	| "invited"
	| "deactivated"
	| "expired"
	| "revoked";

type Shape = "dashed" | "tick" | "open" | "closed" | "bang" | "cross";

const shapes: Record<State, Shape> = {
	not_set_up: "dashed",
	draft: "dashed",
	invited: "dashed",
	tested: "tick",
	active: "open",
	verified: "open",
	paused: "closed",
	deactivated: "closed",
	revoked: "closed",
	needs_attention: "bang",
	waiting_for_dns: "bang",
	not_working: "cross",
	expired: "cross",
};

const looks: Record<Shape, { word: string; pill: string }> = {
	dashed: { word: "text-ink-2", pill: "bg-sunk text-ink-2" },
	tick: { word: "text-note", pill: "bg-note-tint text-note" },
	open: { word: "text-pass", pill: "bg-pass-tint text-pass" },
	closed: { word: "text-ink-2", pill: "bg-sunk text-ink-2" },
	bang: { word: "text-care", pill: "bg-care-tint text-care" },
	cross: { word: "text-stop", pill: "bg-stop-tint text-stop" },
};

const ARCH = "M2.5 13.5V7.25a4.5 4.5 0 0 1 9 0v6.25Z";
const DOOR = "M5.2 13.5V8a1.8 1.8 0 0 1 3.6 0v5.5Z";

const drawings: Record<Shape, ReactNode> = {
	dashed: <path d={ARCH} fill="none" stroke="var(--ink-3)" strokeDasharray="2 1.6" />,
	tick: (
		<>
			<path d={ARCH} fill="none" stroke="var(--note)" strokeWidth="1.2" />
			<path d="M4.9 8.7 6.4 10.2 9.2 7.2" fill="none" stroke="var(--note)" strokeWidth="1.4" />
		</>
	),
	open: (
		<>
			<path d={`${ARCH}${DOOR}`} fillRule="evenodd" fill="var(--pass-fill)" />
			<path d={ARCH} fill="none" stroke="var(--pass-fill)" />
		</>
	),
	closed: (
		<>
			<path d={ARCH} fill="var(--ink-3)" />
			<path d="M7 7.4v6.1" stroke="var(--paper)" strokeWidth="1.2" />
		</>
	),
	bang: (
		<>
			<path d={ARCH} fill="var(--care-fill)" stroke="var(--care)" />
			<path d="M7 5.8v3.6M7 10.7v1.4" stroke="var(--on-care)" strokeWidth="1.4" />
		</>
	),
	cross: (
		<>
			<path d={ARCH} fill="var(--stop-fill)" />
			<path d="M5.3 7.3 8.7 10.7M8.7 7.3 5.3 10.7" stroke="var(--on-fill)" strokeWidth="1.3" />
		</>
	),
};

/** The arch that shows a state by its shape. Say the state in words beside it (`sr-only` if need be). */
export function StateGlyph({ state, size = 14 }: { state: State; size?: number }) {
	return (
		<svg width={size} height={size} viewBox="0 0 14 14" className="shrink-0" aria-hidden>
			{drawings[shapes[state]]}
		</svg>
	);
}

/** Glyph and word. In a table, `plain` leaves the pill away. */
export function StateBadge({ state, plain }: { state: State; plain?: boolean }) {
	const t = useTranslations("ui.state");
	const look = looks[shapes[state]];
	return (
		<span
			className={cx(
				"inline-flex items-center gap-1.5 whitespace-nowrap",
				plain ? look.word : cx("h-6 rounded-sm px-2 text-sm font-medium", look.pill),
			)}
		>
			<StateGlyph state={state} />
			{t(state)}
		</span>
	);
}
