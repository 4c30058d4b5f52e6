import { providers } from "@/lib/sso/providers";

/** The providers as long as there is a form for this protocol alone. */
export const offered = providers
	.filter(({ speaks }) => speaks.includes("oidc"))
	.map((provider) => ({ ...provider, speaks: ["oidc" as const] }));
