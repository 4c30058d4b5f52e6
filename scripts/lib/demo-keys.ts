/** The signing key of the demo's SAML provider: kept, since a connection keeps its certificate. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type SamlKeys, samlKeys } from "@/e2e/idp/saml-response";

/** Reads it from the demo's folder, or makes it there. */
export function readDemoKeys(folder: string): SamlKeys {
	const path = join(folder, "saml-provider.json");
	if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8"));
	const made = samlKeys("Acme SAML identity provider");
	writeFileSync(path, JSON.stringify(made), { mode: 0o600 });
	return made;
}
