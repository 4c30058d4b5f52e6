"use client";
import { useEffect, useRef, useState } from "react";
import type { RefusalView } from "@/components/refusal-band";
import type { Draft, DraftProblems } from "@/lib/sso/draft";

type Problems = { ok: false; reason: "malformed"; problems: DraftProblems };
export type Refused = Problems | RefusalView;

export type ConnectionActions = {
	save: (id: string | null, values: Draft) => Promise<{ ok: true; id: string } | Refused>;
	test: (
		id: string | null,
		values: Draft,
	) => Promise<{ ok: true; url: string; testId: string } | Refused>;
	/** Whether a test that was begun has ended. */
	ended: (testId: string) => Promise<boolean>;
};

/**
 * Runs a test in a tab of its own, so that the form and what was typed stay. Asks once a second
 * whether it has ended, for as long as a sign-in may take.
 */
export function useTest(actions: Pick<ConnectionActions, "test" | "ended">, onEnd: () => void) {
	const [testing, setTesting] = useState<"asking" | "waiting" | null>(null);
	const timer = useRef<ReturnType<typeof setInterval>>(undefined);
	useEffect(() => () => clearInterval(timer.current), []);
	const cancel = () => {
		clearInterval(timer.current);
		setTesting(null);
	};
	const begin = async (id: string | null, values: Draft): Promise<Refused | null> => {
		setTesting("asking");
		// Opened by the press itself: a tab opened after the answer would be blocked.
		const tab = window.open("about:blank", "_blank");
		const started = await actions.test(id, values);
		if (!started.ok) {
			tab?.close();
			setTesting(null);
			return started;
		}
		if (!tab) {
			window.location.assign(started.url);
			return null;
		}
		tab.opener = null;
		tab.location.href = started.url;
		setTesting("waiting");
		const giveUp = Date.now() + 10 * 60_000;
		timer.current = setInterval(async () => {
			const over = Date.now() > giveUp || (await actions.ended(started.testId));
			if (!over) return;
			cancel();
			onEnd();
		}, 1000);
		return null;
	};
	return { testing, begin, cancel };
}
