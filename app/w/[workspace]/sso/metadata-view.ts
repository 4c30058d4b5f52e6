import type { MetadataView } from "@/components/sso/metadata-preview";
import { readCertificates } from "@/lib/sso/certificates";
import { certificateChanges, effectOf, type SamlIdp, shownFields } from "@/lib/sso/metadata-change";

const monthMs = 30 * 86_400_000;

/**
 * The provider's side as its panel shows it.
 * @param before what is stored, where `after` was read and is not saved yet.
 */
export function metadataView(
	after: SamlIdp,
	before: SamlIdp | null | undefined,
	now: Date,
): MetadataView {
	const compared = before === undefined ? null : before;
	return {
		rows: shownFields.flatMap((field) => {
			const value = after[field] ?? "";
			const stored = compared ? (compared[field] ?? "") : value;
			// Few providers have it.
			if (field === "sloResponseUrl" && !value && !stored) return [];
			return [{ field, value, before: stored === value ? null : stored }];
		}),
		certificates: certificateChanges(compared, after).flatMap(({ pem, change }) =>
			readCertificates([pem]).map((certificate) => ({
				...certificate,
				change,
				warn: warningOf(certificate.expiresAt, now),
			})),
		),
		effect: before === undefined ? null : effectOf(before, after),
	};
}

function warningOf(expiresAt: Date, now: Date): "expired" | "soon" | null {
	if (expiresAt <= now) return "expired";
	return expiresAt.getTime() - now.getTime() < monthMs ? "soon" : null;
}
