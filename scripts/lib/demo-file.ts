/** What the demo tells scripts: `.data/demo.json`, readable by its owner alone. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

export type DemoFile = {
	baseUrl: string;
	workspace: { id: string; slug: string };
	admin: { email: string; password: string };
	scim: { baseUrl: string; token: string };
	oidc: { issuer: string; clientId: string; clientSecret: string };
	saml: { metadataUrl: string };
	/** The people who can sign in at a local provider, the same at each. The admin comes first. */
	users: { email: string; password: string; idp: "oidc" | "saml" }[];
};

/** Reads the file; null when there is none. */
export function readDemoFile(path: string): DemoFile | null {
	return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
}

/** Writes the file whole or not at all. */
export function writeDemoFile(path: string, demo: DemoFile): void {
	const unfinished = `${path}.${process.pid}`;
	writeFileSync(unfinished, `${JSON.stringify(demo, null, "\t")}\n`, { mode: 0o600 });
	renameSync(unfinished, path);
}
