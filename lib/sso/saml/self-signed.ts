/** A certificate around our own key (X.509, RFC 5280): a container for providers to copy. Pure. */
import { createPublicKey, randomBytes, sign } from "node:crypto";
import { pemOf } from "./certificates";

const der = (tag: number, ...parts: Buffer[]): Buffer => {
	const body = Buffer.concat(parts);
	const length = body.length;
	const head =
		length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
	return Buffer.concat([Buffer.from([tag, ...head]), body]);
};

const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const time = (date: Date) =>
	der(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-T:]/g, "")}Z`));

const sha256WithRsa = sequence(oid("2a864886f70d01010b"), der(0x05));
const commonName = "550403";

/**
 * @param privateKey RSA, in PEM.
 * @param name what stands as its subject and issuer.
 * @param until before 2050, where another form of time begins.
 * @returns the certificate in PEM.
 */
export function selfSigned(privateKey: string, name: string, from: Date, until: Date): string {
	const subject = sequence(
		der(0x31, sequence(oid(commonName), der(0x0c, Buffer.from(name.slice(0, 64))))),
	);
	const serial = randomBytes(16);
	// Positive, and without a leading zero.
	serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
	const body = sequence(
		der(0xa0, der(0x02, Buffer.from([2]))),
		der(0x02, serial),
		sha256WithRsa,
		subject,
		sequence(time(from), time(until)),
		subject,
		createPublicKey(privateKey).export({ type: "spki", format: "der" }),
	);
	const signature = sign("sha256", body, privateKey);
	const certificate = sequence(
		body,
		sha256WithRsa,
		der(0x03, Buffer.concat([Buffer.from([0]), signature])),
	);
	return pemOf(certificate.toString("base64"));
}
