"use client";
import { useState } from "react";

/**
 * The value of a field that follows what is stored until somebody edits it. What was typed stays when
 * the page is drawn anew, after a save of another field or of somebody else.
 */
export function useFollowed<T>(
	stored: T,
	same: (one: T, other: T) => boolean = Object.is,
): [T, (next: T) => void] {
	const [state, setState] = useState({ stored, value: stored });
	if (!same(state.stored, stored))
		setState({ stored, value: same(state.value, state.stored) ? stored : state.value });
	return [state.value, (value) => setState((before) => ({ ...before, value }))];
}
