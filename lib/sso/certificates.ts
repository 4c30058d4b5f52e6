/** Signing certificates as an admin reads them, and what of a connection is watched. Pure. */
import { X509Certificate } from "node:crypto";
import type { Watched } from "./condition";
import type { Connection } from "./connections";
import { newCertificateSince } from "./saml/service-keys";

export type Certificate = {
	subject: string;
	/** SHA-256, as pairs between colons. */
	fingerprint: string;
	expiresAt: Date;
};

/** The certificates of a PEM each. One that cannot be read, which no save lets in, is left out. */
export function readCertificates(pems: readonly string[]): Certificate[] {
	return pems.flatMap((pem) => {
		try {
			const { subject, fingerprint256, validTo } = new X509Certificate(pem);
			// A line an attribute, the most telling last: CN=… stands alone where it is there.
			const name = /^CN=(.*)$/m.exec(subject)?.[1] ?? subject.replaceAll("\n", ", ");
			return [{ subject: name, fingerprint: fingerprint256, expiresAt: new Date(validTo) }];
		} catch {
			return [];
		}
	});
}

/**
 * What of a connection its condition rests on.
 * @param replacing since when a new certificate of ours takes the place of another; null: none does.
 */
export function watched(connection: Connection, replacing: Date | null): Watched {
	const { status, secretExpiresOn, metadataNews: news } = connection;
	const pems = connection.protocol === "saml" ? (connection.saml.idp?.certificates ?? []) : [];
	const certificatesEnd = readCertificates(pems).map(({ expiresAt }) => expiresAt);
	const metadataDiffers = news && !news.taken ? new Date(news.at) : null;
	const lacksOurs =
		connection.protocol === "saml" ? newCertificateSince(replacing, connection) : null;
	return { status, secretExpiresOn, certificatesEnd, metadataDiffers, lacksOurs };
}
