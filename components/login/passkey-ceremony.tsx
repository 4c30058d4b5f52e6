"use client";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";

/** The button that has the browser ask for a passkey, and what went wrong below it. */
export function PasskeyCeremony({
	label,
	script,
	run,
}: {
	label: string;
	/** Said where there is no script, without which it cannot be done. */
	script: string;
	/** @returns what went wrong; null where it went well or goes on by itself. */
	run: () => Promise<string | null>;
}) {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState("");
	const press = async () => {
		setBusy(true);
		setError("");
		try {
			setError((await run()) ?? "");
		} finally {
			setBusy(false);
		}
	};
	return (
		<div>
			<Button
				variant="open"
				size="lg"
				className="w-full"
				icon={<KeyRound aria-hidden />}
				busy={busy}
				onClick={press}
			>
				{label}
			</Button>
			<p role="alert" className="mt-2 text-sm text-stop">
				{error}
			</p>
			<noscript>
				<p className="text-sm text-ink-2">{script}</p>
			</noscript>
		</div>
	);
}
