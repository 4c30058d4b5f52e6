"use client";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";

let last: string | undefined;

/** The h1 of a page. It takes the focus after a navigation, not at the first load. */
export function Heading({ children }: { children: ReactNode }) {
	const path = usePathname();
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		if (last !== undefined && last !== path && !location.hash)
			heading.current?.focus({ preventScroll: true });
		last = path;
	}, [path]);
	return (
		<h1 ref={heading} tabIndex={-1} className="font-serif text-title font-medium outline-none">
			{children}
		</h1>
	);
}
