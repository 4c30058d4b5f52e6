import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import { connection } from "next/server";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { preload } from "react-dom";
import { BaseMessages } from "@/components/messages";
import { Providers } from "@/components/providers";
import { themeCookie, themeOf } from "@/components/theme";
import "./globals.css";

export async function generateMetadata(): Promise<Metadata> {
	const t = await getTranslations("common");
	return {
		title: { default: t("name"), template: `%s · ${t("name")}` },
		icons: { icon: { url: "/icon.svg", type: "image/svg+xml" } },
		robots: { index: false },
	};
}

/** The two faces of the first screen. The bundler gives them the same address as in the stylesheet. */
const fonts = [
	new URL("@fontsource-variable/geist/files/geist-latin-wght-normal.woff2", import.meta.url),
	new URL(
		"@fontsource-variable/source-serif-4/files/source-serif-4-latin-opsz-normal.woff2",
		import.meta.url,
	),
];

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default async function RootLayout({ children }: { children: ReactNode }) {
	// A page made at build time cannot carry the nonce of a request.
	await connection();
	for (const { pathname } of fonts)
		preload(pathname, { as: "font", type: "font/woff2", crossOrigin: "anonymous" });
	const theme = themeOf((await cookies()).get(themeCookie)?.value);
	const nonce = (await headers()).get("x-nonce") ?? undefined;
	return (
		<html lang="en" data-theme={theme}>
			<body>
				<BaseMessages>
					<Providers nonce={nonce}>{children}</Providers>
				</BaseMessages>
			</body>
		</html>
	);
}
