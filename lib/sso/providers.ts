/** The identity providers an admin picks by name, with their own words for what is exchanged. Pure. */
export type Protocol = "oidc" | "saml";

export type Provider = {
	key: string;
	name: string;
	/** What it speaks for signing in, the one we would take first. Each has a guide. */
	speaks: readonly Protocol[];
	/** Whether it can send its directory, which has a guide too. */
	scim: boolean;
	/** What the provider calls the address it sends people back to. */
	redirectUriLabel: string;
	/** What an issuer looks like there. */
	issuerExample: string;
};

export const providers: readonly Provider[] = [
	{
		key: "google",
		name: "Google Workspace",
		speaks: ["oidc", "saml"],
		scim: false,
		redirectUriLabel: "Authorised redirect URIs",
		issuerExample: "https://accounts.google.com",
	},
	{
		key: "okta",
		name: "Okta",
		speaks: ["oidc", "saml"],
		scim: true,
		redirectUriLabel: "Sign-in redirect URIs",
		issuerExample: "https://your-company.okta.com",
	},
	{
		key: "entra",
		name: "Microsoft Entra ID",
		speaks: ["oidc", "saml"],
		scim: true,
		redirectUriLabel: "Redirect URI (Web)",
		issuerExample: "https://login.microsoftonline.com/{tenant id}/v2.0",
	},
	{
		key: "auth0",
		name: "Auth0",
		speaks: ["oidc", "saml"],
		scim: false,
		redirectUriLabel: "Allowed Callback URLs",
		issuerExample: "https://your-company.eu.auth0.com/",
	},
	{
		key: "onelogin",
		name: "OneLogin",
		speaks: ["oidc", "saml"],
		scim: true,
		redirectUriLabel: "Redirect URI's",
		issuerExample: "https://your-company.onelogin.com/oidc/2",
	},
	{
		key: "jumpcloud",
		name: "JumpCloud",
		speaks: ["oidc", "saml"],
		scim: true,
		redirectUriLabel: "Redirect URIs",
		issuerExample: "https://oauth.id.jumpcloud.com/",
	},
	{
		key: "cloudflare",
		name: "Cloudflare",
		speaks: ["oidc", "saml"],
		scim: true,
		redirectUriLabel: "Redirect URLs",
		issuerExample: "https://your-team.cloudflareaccess.com/cdn-cgi/access/sso/oidc/{client id}",
	},
	{
		key: "pingone",
		name: "PingOne",
		speaks: ["oidc", "saml"],
		scim: true,
		redirectUriLabel: "Redirect URIs",
		issuerExample: "https://auth.pingone.eu/{environment id}/as",
	},
	{
		key: "keycloak",
		name: "Keycloak",
		speaks: ["oidc", "saml"],
		scim: false,
		redirectUriLabel: "Valid redirect URIs",
		issuerExample: "https://id.your-company.com/realms/staff",
	},
	{
		key: "oidc",
		name: "OpenID Connect",
		speaks: ["oidc"],
		scim: true,
		redirectUriLabel: "Redirect URI",
		issuerExample: "https://id.your-company.com",
	},
	{
		key: "saml",
		name: "SAML 2.0",
		speaks: ["saml"],
		scim: true,
		redirectUriLabel: "Redirect URI",
		issuerExample: "https://id.your-company.com",
	},
];

/** The protocols that a connection can be set up with in the product. */
const withForm: readonly Protocol[] = ["oidc", "saml"];

/** The providers an admin chooses from, each with what it can be connected by. */
export const offered: readonly Provider[] = providers
	.map((provider) => ({
		...provider,
		speaks: provider.speaks.filter((protocol) => withForm.includes(protocol)),
	}))
	.filter(({ speaks }) => speaks.length > 0);

/** The provider of a key; one we have no words for is plain OpenID Connect. */
export function providerOf(key: string): Provider {
	const found = providers.find((provider) => provider.key === key);
	const generic = found ?? providers.find((provider) => provider.key === "oidc");
	if (!generic) throw new Error("no providers");
	return generic;
}
