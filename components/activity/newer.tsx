"use client";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useState, useTransition } from "react";
import { Button } from "@/components/ui/button";

const everyMs = 15_000;

/**
 * Says when there are newer events, and shows them when asked: the list never moves by itself. It
 * asks only while the page is seen.
 */
export function Newer({ address }: { address: string }) {
	const t = useTranslations("activity_live");
	const router = useRouter();
	const [count, setCount] = useState(0);
	const [busy, start] = useTransition();
	useEffect(() => {
		setCount(0);
		const timer = setInterval(async () => {
			if (document.hidden) return;
			const answer = await fetch(address).catch(() => null);
			const body: unknown = answer?.ok ? await answer.json().catch(() => null) : null;
			if (typeof body === "object" && body && "count" in body) setCount(Number(body.count) || 0);
		}, everyMs);
		return () => clearInterval(timer);
	}, [address]);
	return (
		<div role="status" className={count > 0 ? "mb-4 flex justify-center" : ""}>
			{count > 0 ? (
				<Button busy={busy} onClick={() => start(() => router.refresh())}>
					{t("new", { count })}
				</Button>
			) : null}
		</div>
	);
}
