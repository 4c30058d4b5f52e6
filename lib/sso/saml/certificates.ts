/** X.509 certificates as SAML uses them: a container for a key, trusted because an admin gave it. Pure. */
import { X509Certificate } from "node:crypto";
import type { Reason } from "@/lib/policy/reasons";

/** What is shown of a certificate. */
export type CertificateView = {
	subject: string;
	/** SHA-256, as providers print it. */
	fingerprint: string;
	validFrom: string;
	expiresAt: string;
};

/** Reads stored or new certificates for showing. */
export function viewCertificate(pem: string): CertificateView {
	const certificate = new X509Certificate(pem);
	return {
		subject: certificate.subject.split("\n").join(", "),
		fingerprint: certificate.fingerprint256,
		validFrom: new Date(certificate.validFrom).toISOString(),
		expiresAt: new Date(certificate.validTo).toISOString(),
	};
}

type Read = { ok: true; certificates: string[] } | { ok: false; reason: Reason };

/**
 * Reads what an admin pasted: one or several certificates in PEM, or the base64 inside of one.
 * Refused: certificate_missing, certificate_unreadable, key_weak (RSA under 2048 bits, or no RSA).
 */
export function readCertificates(text: string): Read {
	const pems = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
	return readAll(pems ? pems.map(base64Of) : text.trim() ? [text] : []);
}

/** The same of the base64 texts of a metadata document. Doubles count once. */
export function readAll(texts: readonly string[]): Read {
	const found = new Set<string>();
	for (const text of texts) {
		const base64 = text.replace(/\s+/g, "");
		const certificate = parse(base64);
		if (!certificate) return { ok: false, reason: "certificate_unreadable" };
		const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
		if (asymmetricKeyType !== "rsa" || (asymmetricKeyDetails?.modulusLength ?? 0) < 2048)
			return { ok: false, reason: "key_weak" };
		found.add(pemOf(base64));
	}
	if (found.size === 0) return { ok: false, reason: "certificate_missing" };
	return { ok: true, certificates: [...found] };
}

function parse(base64: string): X509Certificate | null {
	if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null;
	try {
		return new X509Certificate(Buffer.from(base64, "base64"));
	} catch {
		return null;
	}
}

/** The base64 of a certificate in PEM, in one line. */
export const base64Of = (pem: string) => pem.replace(/-----[^-]+-----|\s+/g, "");

export function pemOf(base64: string): string {
	const lines = base64.match(/.{1,64}/g) ?? [];
	return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
