import type { NextConfig } from "next";

const config: NextConfig = {
	poweredByHeader: false,
	// No image needs it, and its endpoint lets anybody have this server fetch its own addresses.
	images: { unoptimized: true },
	// An identity provider's /Users/ is answered where it came, not sent elsewhere.
	skipTrailingSlashRedirect: true,
	// Loaded once by Node instead of copied into each bundle: jackson resolves its own
	// ESM dependencies at run time, and PGlite would otherwise land in the public folder.
	serverExternalPackages: ["@electric-sql/pglite", "@boxyhq/saml-jackson"],
	// next-intl's own plugin does just this, and drags a compiler and a file watcher along.
	turbopack: { resolveAlias: { "next-intl/config": "./lib/platform/i18n.ts" } },
	experimental: { serverActions: { bodySizeLimit: "256kb" } },
};

export default config;
