/** Reads the guides where they lie. They are texts, so they lie beside the others. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Guide, type GuideProtocol, guideSchema } from "./guides";
import { providerOf } from "./providers";

/** The folder of one language. */
export const guidesFolder = join("messages", "en", "guides");

/**
 * The guide of a provider for one protocol. A provider without its own is guided as any other that
 * speaks it.
 */
export async function readGuide(provider: string, protocol: GuideProtocol): Promise<Guide> {
	const { key, speaks, scim } = providerOf(provider);
	const own = protocol === "scim" ? scim : speaks.includes(protocol);
	const generic = protocol === "scim" ? "oidc" : protocol;
	const file = `${own ? key : generic}-${protocol}.json`;
	const text = await readFile(join(process.cwd(), guidesFolder, file), "utf8");
	return guideSchema.parse(JSON.parse(text));
}
