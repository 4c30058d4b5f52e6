import type { Refused } from "@/lib/sso/sign-in";

/** The page of a refused sign-in. The reason goes along only where no attempt holds it. */
export function refusedPath({ reason, signIn }: Refused): string {
	const query: Record<string, string> = signIn
		? { w: signIn.workspaceId, id: signIn.id, why: reason }
		: { why: reason };
	return `/sso/refused?${new URLSearchParams(query)}`;
}
