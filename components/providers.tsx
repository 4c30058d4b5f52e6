"use client";
import { CSPProvider } from "@base-ui/react/csp-provider";
import type { ReactNode } from "react";
import { ToastProvider } from "./ui/toast";

/** What the interactive parts share: the nonce for the styles they add, and the toasts. */
export function Providers({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
	return (
		<CSPProvider nonce={nonce}>
			<ToastProvider>{children}</ToastProvider>
		</CSPProvider>
	);
}
