/** The demo's local identity providers, OpenID Connect and SAML, with the people of its file. */
import { startOidcProvider } from "@/e2e/idp/oidc";
import { startSamlProvider } from "@/e2e/idp/saml";
import { readDemoFile } from "./lib/demo-file";
import { readDemoKeys } from "./lib/demo-keys";
import { people } from "./lib/demo-people";

const demo = readDemoFile(process.env.DEMO_FILE ?? "");
const folder = process.env.DATA_DIR;
if (!demo || !folder) throw new Error("DEMO_FILE names no file: start by `npm run demo`");
const { oidc, saml, users, baseUrl, workspace } = demo;

const knownTo = (idp: "oidc" | "saml") =>
	users
		.filter((user) => user.idp === idp)
		.map(({ email, password }) => ({
			email,
			password,
			...(people.find((person) => person.email === email) ?? { givenName: email, familyName: "" }),
		}));

const providers = await Promise.all([
	startOidcProvider({
		port: Number(new URL(oidc.issuer).port),
		title: "Acme identity provider",
		clients: [
			{
				id: oidc.clientId,
				secret: oidc.clientSecret,
				redirectUris: [`${baseUrl}/api/sso/callback/${workspace.id}`],
			},
		],
		people: knownTo("oidc"),
	}),
	startSamlProvider({
		port: Number(new URL(saml.metadataUrl).port),
		title: "Acme SAML identity provider",
		keys: readDemoKeys(folder),
		services: [`${baseUrl}/api/sso/metadata/*`],
		tile: "Gatehouse",
		people: knownTo("saml"),
	}),
]);

for (const signal of ["SIGINT", "SIGTERM"] as const)
	process.once(signal, async () => {
		await Promise.all(providers.map((provider) => provider.close()));
		process.exit(0);
	});
