/** One round of fuzzing the gate: for the unit tests, and longer for `npm run fuzz`. */

import { gate } from "@/lib/sso/saml/gate";
import { mutate, seeded } from "./fuzz-saml";
import { buildResponse, type ResponseParts, samlKeys } from "./saml-response";

const now = new Date("2026-11-25T10:00:00Z");
const victim = "admin@acme.test";

/** Everything that must not differ when a changed response still passes. */
export type Round = { accepted: boolean; problem: string | null };

/** @returns how to play one round of a seed. */
export function fuzzer(): (seed: number) => Round {
	const ours = samlKeys("Gatehouse");
	const parts: ResponseParts = {
		keys: samlKeys(),
		entityId: "https://idp.acme.test/saml",
		acsUrl: "https://sso.test/acs",
		audience: "https://sso.test/metadata",
		requestId: "_request",
		nameId: "maya@acme.test",
		attributes: { mail: "maya@acme.test", groups: ["staff", "ops"] },
		now,
	};
	const kinds: Partial<ResponseParts>[] = [
		{},
		{ sign: ["response"] },
		{ sign: ["assertion", "response"] },
		{ encryptTo: ours.certificate },
		{ encryptTo: ours.certificate, sign: ["response"] },
	];
	const genuine = kinds.map((kind) => buildResponse({ ...parts, ...kind }));
	const judge = (xml: string) =>
		gate(xml, {
			entityId: parts.entityId,
			acsUrl: parts.acsUrl,
			audience: parts.audience,
			certificates: [parts.keys.certificate],
			requestId: parts.requestId,
			wantEncrypted: false,
			decryptionKeys: [ours.privateKey],
			now,
		});
	const facts = genuine.map((xml) => JSON.stringify(judge(xml)));
	return (seed) => {
		const random = seeded(seed);
		const kind = seed % genuine.length;
		const xml = mutate(genuine[kind] ?? "", victim, random);
		try {
			const verdict = judge(xml);
			if (!verdict.ok) return { accepted: false, problem: null };
			const changed = JSON.stringify(verdict) !== facts[kind];
			return { accepted: true, problem: changed ? `says something else: ${xml}` : null };
		} catch (error) {
			return { accepted: false, problem: `${error}: ${xml}` };
		}
	};
}
