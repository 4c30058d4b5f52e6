import { entra } from "./entra";
import { jumpcloud } from "./jumpcloud";
import { okta } from "./okta";
import { onelogin } from "./onelogin";
import { rfc } from "./rfc";
import type { ClientProfile } from "./session";

/**
 * Whoever can be played, by the name a command takes; a provider's is its key in lib/sso/providers.
 * What has no play of its own is tried as `rfc`.
 */
export const clients = { okta, entra, jumpcloud, onelogin, rfc } satisfies Record<
	string,
	ClientProfile
>;

export type ClientName = keyof typeof clients;

/** The client of a name, or undefined where there is none. */
export const clientNamed = (name: string): ClientName | undefined =>
	Object.hasOwn(clients, name) ? (name as ClientName) : undefined;
