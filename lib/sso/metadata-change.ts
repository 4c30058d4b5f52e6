/** What it would mean to put other metadata in the place of what is stored. Pure. */
import type { SamlIdp } from "@/db/schema/sso";

export type { SamlIdp };

/**
 * first: nothing is stored. same: nothing differs. kept: something does, under the same entity ID and
 * host, so that a passed test keeps its worth (as ./settings hashes it). untested: a new test is
 * needed. namespace: another issuer, where nobody's account is known.
 */
export type MetadataEffect = "first" | "same" | "kept" | "untested" | "namespace";

export const shownFields = [
	"entityId",
	"ssoUrl",
	"ssoBinding",
	"sloUrl",
	"sloResponseUrl",
] as const;

/** @param before what is stored; null for a draft that waits. */
export function effectOf(before: SamlIdp | null, after: SamlIdp): MetadataEffect {
	if (!before) return "first";
	if (before.entityId !== after.entityId) return "namespace";
	if (hostOf(before.ssoUrl) !== hostOf(after.ssoUrl) || before.ssoBinding !== after.ssoBinding)
		return "untested";
	const moved = shownFields.some((field) => (before[field] ?? "") !== (after[field] ?? ""));
	return moved || !sameSet(before.certificates, after.certificates) ? "kept" : "same";
}

const hostOf = (address: string | null | undefined) =>
	address && URL.canParse(address) ? new URL(address).host : "";

/**
 * Whether it is the provider that was proved, so that its change may be taken unseen: a passed test
 * keeps its worth, and people are sent to sign out at no host they were not sent to before.
 */
export function isSameProvider(before: SamlIdp, after: SamlIdp): boolean {
	if (!["same", "kept"].includes(effectOf(before, after))) return false;
	const known = [before.ssoUrl, before.sloUrl, before.sloResponseUrl].map(hostOf);
	return [after.sloUrl, after.sloResponseUrl].every((url) => !url || known.includes(hostOf(url)));
}

const sameSet = (a: readonly string[], b: readonly string[]) =>
	a.length === b.length && a.every((each) => b.includes(each));

/** A certificate and whether it stays, comes or goes. */
export function certificateChanges(
	before: SamlIdp | null,
	after: SamlIdp,
): { pem: string; change: "same" | "added" | "removed" }[] {
	const known = before?.certificates ?? [];
	return [
		...after.certificates.map((pem) => ({
			pem,
			change: !before || known.includes(pem) ? ("same" as const) : ("added" as const),
		})),
		...known
			.filter((pem) => !after.certificates.includes(pem))
			.map((pem) => ({ pem, change: "removed" as const })),
	];
}
