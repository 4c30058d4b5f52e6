/** The demo's local identity provider, with the people of the demo's file. */
import { startOidcProvider } from "@/e2e/idp/oidc";
import { readDemoFile } from "./lib/demo-file";
import { people } from "./lib/demo-people";

const demo = readDemoFile(process.env.DEMO_FILE ?? "");
if (!demo) throw new Error("DEMO_FILE names no file: start by `npm run demo`");
const { oidc, users, baseUrl, workspace } = demo;

const provider = await startOidcProvider({
	port: Number(new URL(oidc.issuer).port),
	title: "Acme identity provider",
	clients: [
		{
			id: oidc.clientId,
			secret: oidc.clientSecret,
			redirectUris: [`${baseUrl}/api/sso/callback/${workspace.id}`],
		},
	],
	people: users.map(({ email, password }) => ({
		email,
		password,
		...(people.find((person) => person.email === email) ?? { givenName: email, familyName: "" }),
	})),
});

for (const signal of ["SIGINT", "SIGTERM"] as const)
	process.once(signal, () => provider.close().then(() => process.exit(0)));
