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
	/** How a test that was begun has ended, or false. */
	ended: (testId: string) => Promise<"passed" | "refused" | false>;
	/** Turns the connection on. */
	enable: (id: string, on: true) => Promise<{ ok: true } | RefusalView>;
};

/**
 * Runs a test in a tab of its own, so that the form and what was typed stay. Asks once a second
 * whether it has ended, for as long as a sign-in may take.
 */
export function useTest(actions: Pick<ConnectionActions, "test" | "ended">) {
	const [testing, setTesting] = useState<"asking" | "waiting" | null>(null);
	const timer = useRef<ReturnType<typeof setInterval>>(undefined);
	useEffect(() => () => clearInterval(timer.current), []);
	const cancel = () => {
		clearInterval(timer.current);
		setTesting(null);
	};
	const begin = async (
		id: string | null,
		values: Draft,
		onEnd: (passed: boolean) => void,
	): Promise<Refused | null> => {
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
		let over = false;
		const giveUp = Date.now() + 10 * 60_000;
		timer.current = setInterval(async () => {
			const ended = await actions.ended(started.testId);
			if (!ended && Date.now() < giveUp) return;
			// An answer that was long on its way must not end it twice.
			if (over) return;
			over = true;
			cancel();
			onEnd(ended === "passed");
		}, 1000);
		return null;
	};
	return { testing, begin, cancel };
}
