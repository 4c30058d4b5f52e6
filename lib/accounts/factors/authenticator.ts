/** A passkey device made of software, for tests. */
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { isoCBOR } from "@simplewebauthn/server/helpers";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest();

/** One key, for one site. */
export class Authenticator {
	readonly #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
	readonly #id = randomBytes(16);
	readonly #origin: string;
	#counter = 0;

	constructor(origin: string) {
		this.#origin = origin;
	}

	/** Makes its key known. */
	register(challenge: string): RegistrationResponseJSON {
		const { x = "", y = "" } = this.#keys.publicKey.export({ format: "jwk" });
		const point = (coordinate: string) => new Uint8Array(Buffer.from(coordinate, "base64url"));
		const key = isoCBOR.encode(
			new Map<number, number | Uint8Array>([
				[1, 2],
				[3, -7],
				[-1, 1],
				[-2, point(x)],
				[-3, point(y)],
			]),
		);
		const length = Buffer.from([0, this.#id.length]);
		const credential = Buffer.concat([Buffer.alloc(16), length, this.#id, key]);
		const attestation = new Map<string, unknown>([
			["fmt", "none"],
			["attStmt", new Map()],
			["authData", new Uint8Array(this.#data(0x45, credential))],
		]);
		return {
			...this.#envelope(),
			response: {
				clientDataJSON: text(this.#client("webauthn.create", challenge)),
				attestationObject: text(
					isoCBOR.encode(attestation as Parameters<typeof isoCBOR.encode>[0]),
				),
			},
		};
	}

	/** Answers a challenge. @param counter of a copy, which does not know how far the key has come. */
	answer(challenge: string, counter = this.#counter + 1): AuthenticationResponseJSON {
		this.#counter = counter;
		const data = this.#data(0x05);
		const client = this.#client("webauthn.get", challenge);
		const signed = Buffer.concat([data, sha256(client)]);
		return {
			...this.#envelope(),
			response: {
				clientDataJSON: text(client),
				authenticatorData: text(data),
				signature: text(sign("sha256", signed, this.#keys.privateKey)),
			},
		};
	}

	#envelope() {
		const id = text(this.#id);
		return { id, rawId: id, type: "public-key" as const, clientExtensionResults: {} };
	}

	#data(flags: number, credential: Uint8Array = Buffer.alloc(0)): Buffer {
		const head = Buffer.alloc(5);
		head.writeUInt8(flags, 0);
		head.writeUInt32BE(this.#counter, 1);
		return Buffer.concat([sha256(new URL(this.#origin).hostname), head, credential]);
	}

	#client(type: string, challenge: string): Buffer {
		return Buffer.from(
			JSON.stringify({ type, challenge, origin: this.#origin, crossOrigin: false }),
		);
	}
}
