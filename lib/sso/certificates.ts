/** Signing certificates as an admin reads them. Pure. */
import { X509Certificate } from "node:crypto";
import type { Watched } from "./condition";
import type { Connection } from "./connections";

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

/** What of a connection its condition rests on. */
export function watched(connection: Connection): Watched {
	const { status, secretExpiresOn, metadataNews: news } = connection;
	const pems = connection.protocol === "saml" ? (connection.saml.idp?.certificates ?? []) : [];
	const certificatesEnd = readCertificates(pems).map(({ expiresAt }) => expiresAt);
	const metadataDiffers = news && !news.taken ? new Date(news.at) : null;
	return { status, secretExpiresOn, certificatesEnd, metadataDiffers };
}
