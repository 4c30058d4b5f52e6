/** Our addresses that a provider is given, beside those the protocols have (lib/sso). */
import { env } from "@/lib/platform/env";

/** Where a sign-in of a workspace begins: the tile of a provider may lead there. */
export function loginUrl(slug: string): string {
	return `${env().PUBLIC_URL}/login?workspace=${slug}`;
}
