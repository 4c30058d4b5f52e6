"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";

const everyMs = 4_000;

/** While it is on a page that somebody looks at, the page looks by itself whether anything has come. */
export function LookAgain() {
	const router = useRouter();
	useEffect(() => {
		const timer = setInterval(() => {
			if (!document.hidden) router.refresh();
		}, everyMs);
		return () => clearInterval(timer);
	}, [router]);
	return null;
}
