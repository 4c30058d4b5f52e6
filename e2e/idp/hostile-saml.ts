/**
 * The attacks of a hostile identity provider, or of somebody who holds one genuine response. Each
 * is a response that must be refused, with the rule of the gate that is there for it.
 */
import { bindings } from "./saml-attacks/bindings";
import { encryption } from "./saml-attacks/encryption";
import { signatures } from "./saml-attacks/signatures";
import { texts } from "./saml-attacks/texts";
import { times } from "./saml-attacks/times";
import { type Attack, type Target, workshop } from "./saml-attacks/workshop";
import { wrapping } from "./saml-attacks/wrapping";

export type { Attack, Target };

/** Every attack on a response, made afresh for a target. */
export function samlAttacks(target: Target): Attack[] {
	const tools = workshop(target);
	return [signatures, wrapping, texts, bindings, times, encryption].flatMap((make) => make(tools));
}
