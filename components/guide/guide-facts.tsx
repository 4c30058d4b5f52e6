"use client";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import type { GuideFact } from "@/lib/sso/guides";

type Noted = {
	facts: ReadonlySet<GuideFact>;
	/** Says that something has happened, or (`false`) that it has not after all. */
	note: (fact: GuideFact, happened?: boolean) => void;
};

const Context = createContext<Noted>({ facts: new Set(), note: () => {} });

/**
 * What a guide ticks itself by. The server knows some facts; the form beside the guide notes others
 * as they happen.
 */
export function GuideFacts({
	known,
	children,
}: {
	known: readonly GuideFact[];
	children: ReactNode;
}) {
	const [noted, setNoted] = useState<ReadonlySet<GuideFact>>(new Set());
	const note = useCallback((fact: GuideFact, happened = true) => {
		setNoted((before) => {
			if (before.has(fact) === happened) return before;
			const after = new Set(before);
			if (happened) after.add(fact);
			else after.delete(fact);
			return after;
		});
	}, []);
	const value = useMemo(
		() => ({ facts: new Set([...known, ...noted]), note }),
		[known, noted, note],
	);
	return <Context value={value}>{children}</Context>;
}

/** The facts so far, and how to add one. */
export function useGuideFacts(): Noted {
	return useContext(Context);
}
