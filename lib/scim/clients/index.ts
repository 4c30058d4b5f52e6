import { entra } from "./entra";
import { jumpcloud } from "./jumpcloud";
import { okta } from "./okta";
import { onelogin } from "./onelogin";
import type { ClientProfile } from "./session";

/** The IdPs that can be played, by the name a command takes. */
export const clients = { okta, entra, jumpcloud, onelogin } satisfies Record<string, ClientProfile>;
