/** The identity providers an admin picks by name, with their own words for what is exchanged. Pure. */
export type Provider = {
	key: string;
	name: string;
	/** What the provider calls the address it sends people back to. */
	redirectUriLabel: string;
	/** What an issuer looks like there. */
	issuerExample: string;
	/** What it speaks here. */
	scim: boolean;
};

export const providers: readonly Provider[] = [
	{
		key: "google",
		name: "Google Workspace",
		redirectUriLabel: "Authorised redirect URIs",
		issuerExample: "https://accounts.google.com",
		scim: false,
	},
	{
		key: "okta",
		name: "Okta",
		redirectUriLabel: "Sign-in redirect URIs",
		issuerExample: "https://your-company.okta.com",
		scim: true,
	},
	{
		key: "entra",
		name: "Microsoft Entra ID",
		redirectUriLabel: "Redirect URI (Web)",
		issuerExample: "https://login.microsoftonline.com/{tenant id}/v2.0",
		scim: true,
	},
	{
		key: "auth0",
		name: "Auth0",
		redirectUriLabel: "Allowed Callback URLs",
		issuerExample: "https://your-company.eu.auth0.com/",
		scim: false,
	},
	{
		key: "onelogin",
		name: "OneLogin",
		redirectUriLabel: "Redirect URI's",
		issuerExample: "https://your-company.onelogin.com/oidc/2",
		scim: true,
	},
	{
		key: "jumpcloud",
		name: "JumpCloud",
		redirectUriLabel: "Redirect URIs",
		issuerExample: "https://oauth.id.jumpcloud.com/",
		scim: true,
	},
	{
		key: "cloudflare",
		name: "Cloudflare",
		redirectUriLabel: "Redirect URLs",
		issuerExample: "https://your-team.cloudflareaccess.com/cdn-cgi/access/sso/oidc/{client id}",
		scim: true,
	},
	{
		key: "pingone",
		name: "PingOne",
		redirectUriLabel: "Redirect URIs",
		issuerExample: "https://auth.pingone.eu/{environment id}/as",
		scim: true,
	},
	{
		key: "keycloak",
		name: "Keycloak",
		redirectUriLabel: "Valid redirect URIs",
		issuerExample: "https://id.your-company.com/realms/staff",
		scim: false,
	},
	{
		key: "oidc",
		name: "OpenID Connect",
		redirectUriLabel: "Redirect URI",
		issuerExample: "https://id.your-company.com",
		scim: true,
	},
];

/** The provider of a key; one we have no words for is plain OpenID Connect. */
export function providerOf(key: string): Provider {
	const generic = providers.at(-1);
	if (!generic) throw new Error("no providers");
	return providers.find((provider) => provider.key === key) ?? generic;
}
