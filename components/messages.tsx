import { NextIntlClientProvider } from "next-intl";
import { getMessages } from "next-intl/server";
import type { ReactNode } from "react";

/** The words every page needs in the browser: those of the shared parts. */
const shared = ["common", "ui", "shell", "errors"];

/**
 * Hands texts to client components. A page whose client components read further namespaces wraps them
 * in `<Messages of={["sso"]}>`; components on the server need nothing.
 */
export async function Messages({ of, children }: { of: string[]; children: ReactNode }) {
	const all = await getMessages();
	const wanted = Object.fromEntries([...shared, ...of].map((name) => [name, all[name] ?? {}]));
	return <NextIntlClientProvider messages={wanted}>{children}</NextIntlClientProvider>;
}

/** The shared texts alone, for the root layout. */
export function BaseMessages({ children }: { children: ReactNode }) {
	return <Messages of={[]}>{children}</Messages>;
}
