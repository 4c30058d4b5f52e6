"use client";
import { Broken } from "@/components/shell/broken";
import errors from "@/messages/en/errors.json";
import "./globals.css";

/** When even the root layout failed: no theme cookie, no provider, so the device decides. */
export default function GlobalError({ error, retry }: { error: unknown; retry: () => void }) {
	return (
		<html lang="en" data-theme="system">
			<body>
				<title>{errors.broken.title}</title>
				<Broken error={error} retry={retry} words={errors.broken} />
			</body>
		</html>
	);
}
