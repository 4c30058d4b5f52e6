/**
 * The steps that the five vendors' guides promise, each found in ours: by id of docs/seeds.md, in the
 * provider's words, and with our value under the provider's name where one is pasted.
 */
import { expect, test } from "vitest";
import { readGuide } from "./guide-files";
import type { Guide, GuideProtocol, OurValue } from "./guides";
import { providerOf } from "./providers";

type Row = {
	id: string;
	guide: `${string}-${GuideProtocol}`;
	/** Words of one of its sentences, each in that order. */
	says?: RegExp;
	/** Our value, and what the provider calls it. */
	gives?: [OurValue, string];
	/** Where a value to bring is found. */
	brings?: [string, RegExp];
};

const promises: Row[] = [
	{
		id: "assist-02",
		guide: "okta-oidc",
		gives: ["redirectUri", "Sign-in redirect URIs"],
		brings: ["issuer", /https:\/\/your-company\.okta\.com/],
	},
	{
		id: "assist-03",
		guide: "entra-oidc",
		gives: ["redirectUri", "Redirect URI (Web)"],
		brings: [
			"issuer",
			/login\.microsoftonline\.com\/\{tenant id\}\/v2\.0.*Directory \(tenant\) ID/,
		],
	},
	{ id: "assist-03", guide: "entra-oidc", brings: ["clientId", /Application \(client\) ID/] },
	{ id: "assist-03", guide: "entra-oidc", brings: ["clientSecret", /Value/] },
	{
		id: "assist-04",
		guide: "google-oidc",
		gives: ["redirectUri", "Authorised redirect URIs"],
		brings: ["issuer", /https:\/\/accounts\.google\.com/],
	},
	{
		id: "assist-05",
		guide: "auth0-oidc",
		gives: ["redirectUri", "Allowed Callback URLs"],
		brings: ["issuer", /Domain.*slash at the end/],
	},
	{ id: "assist-10", guide: "oidc-oidc", brings: ["issuer", /OpenID configuration document/] },
	{ id: "observity-22", guide: "entra-scim", gives: ["scimUrl", "Tenant URL"] },
	{ id: "observity-22", guide: "okta-scim", gives: ["scimUrl", "SCIM connector base URL"] },
	{ id: "observity-64", guide: "entra-oidc", says: /Assignment required/ },
	{ id: "observity-64", guide: "okta-oidc", says: /Limit access to selected groups/ },
	{
		id: "observity-65",
		guide: "okta-scim",
		says: /groups.*Better than giving roles person by person/,
	},
	{
		id: "observity-67",
		guide: "oidc-scim",
		says: /Rotate the token on your usual schedule, and whenever somebody .* leaves/,
	},
	{ id: "observity-67", guide: "okta-scim", says: /Rotate the token/ },
	{ id: "observity-67", guide: "entra-scim", says: /Rotate the token/ },
	{
		id: "observity-68",
		guide: "oidc-scim",
		says: /Deactivate people in the directory rather than here/,
	},
	{
		id: "observity-81",
		guide: "oidc-scim",
		says: /each needs one that is unique and stays/,
	},
	{ id: "intel-37", guide: "saml-saml", says: /Some consoles rename attributes/ },
	{
		id: "intel-40",
		guide: "okta-saml",
		says: /Applications > Applications > Create App Integration/,
	},
	{ id: "intel-41", guide: "okta-saml", says: /Choose \*\*SAML 2\.0\*\*/ },
	{ id: "intel-42", guide: "okta-saml", says: /App name/ },
	{ id: "intel-43", guide: "okta-saml", gives: ["acsUrl", "Single sign-on URL"] },
	{ id: "intel-44", guide: "okta-saml", gives: ["entityId", "Audience URI (SP Entity ID)"] },
	{ id: "intel-45", guide: "okta-saml", says: /Application username\*\*: \*\*Email/ },
	{ id: "intel-46", guide: "okta-saml", says: /Finish/ },
	{ id: "intel-46", guide: "okta-saml", says: /On the \*\*Sign On\*\* tab/ },
	{
		id: "intel-47",
		guide: "okta-saml",
		says: /`email` with \*\*user\.email\*\* and `name` with \*\*user\.displayName/,
	},
	{
		id: "intel-51",
		guide: "okta-saml",
		says: /SAML Signing Certificates\*\*, \*\*Actions > View IdP metadata\*\*, and save the XML/,
	},
	{ id: "intel-55", guide: "okta-saml", says: /set that up before you assign the others/ },
	{
		id: "intel-57",
		guide: "okta-scim",
		says: /General > App Settings > Edit\*\*: \*\*Provisioning\*\* from \*\*None\*\* to \*\*SCIM/,
	},
	{ id: "intel-58", guide: "okta-scim", says: /Provisioning > Integration > Edit/ },
	{ id: "intel-59", guide: "okta-scim", gives: ["scimUrl", "SCIM connector base URL"] },
	{
		id: "intel-60",
		guide: "okta-scim",
		gives: ["scimUnique", "Unique identifier field for users"],
	},
	{ id: "intel-66", guide: "okta-scim", says: /Create Users\*\*.*\*\*Deactivate Users/ },
	{ id: "intel-67", guide: "okta-scim", says: /Assignments\*\*, last/ },
	{ id: "cust-06", guide: "okta-oidc", says: /use SAML 2\.0 for both/ },
	{ id: "cust-17", guide: "google-oidc", says: /support\.google\.com\/a\/answer\/9176657/ },
	{ id: "cust-18", guide: "okta-oidc", says: /help\.okta\.com.*mfa-factors/ },
	{ id: "cust-19", guide: "entra-oidc", says: /learn\.microsoft\.com.*concept-mfa-howitworks/ },
	{
		id: "cust-38",
		guide: "google-oidc",
		says: /organization with Google Workspace\. A single person.*Your account/,
	},
	{ id: "cust-40", guide: "google-oidc", says: /^A Google Workspace account$/ },
	{ id: "cust-50", guide: "google-oidc", says: /the Google account whose domain your team uses/ },
	{ id: "cust-71", guide: "okta-oidc", says: /Browse App Catalog\*\* and \*\*Add/ },
	{ id: "cust-72", guide: "okta-oidc", says: /Application label\*\*.*You can change it later/ },
	{ id: "cust-73", guide: "okta-oidc", says: /OpenID Connect\*\* under \*\*Sign-On Options/ },
	{
		id: "cust-74",
		guide: "okta-oidc",
		says: /Assignments > Assign\*\*: people or groups, yourself included/,
	},
	{ id: "cust-75", guide: "okta-oidc", says: /Keep this window open/ },
	{ id: "cust-79", guide: "okta-oidc", says: /organization URL.*without `-admin`/ },
	{ id: "cust-80", guide: "okta-oidc", says: /\*\*Sign On\*\* tab: \*\*Client ID/ },
	{
		id: "cust-81",
		guide: "okta-oidc",
		says: /\*\*Sign On\*\* tab: \*\*Client ID\*\*, then the \*\*Client Secret/,
	},
	{ id: "cust-85", guide: "entra-oidc", says: /quickstart-register-app/ },
	{ id: "cust-86", guide: "entra-oidc", says: /Overview > Add > App registration/ },
	{
		id: "cust-87",
		guide: "entra-oidc",
		says: /Name\*\* is yours to choose and does not show here/,
	},
	{ id: "cust-88", guide: "entra-oidc", says: /\*\*Register\*\*/ },
	{ id: "cust-89", guide: "entra-oidc", says: /Authentication > Add a platform > Web/ },
	{ id: "cust-90", guide: "entra-oidc", gives: ["redirectUri", "Redirect URI (Web)"] },
	{ id: "cust-91", guide: "entra-oidc", says: /\*\*Configure\*\*/ },
	{
		id: "cust-92",
		guide: "entra-oidc",
		says: /Certificates & secrets > Client secrets > New client secret/,
	},
	{ id: "cust-93", guide: "entra-oidc", says: /Description\*\*, and when it \*\*Expires/ },
	{ id: "cust-94", guide: "entra-oidc", says: /Entra does not tell us/ },
	{ id: "cust-95", guide: "entra-oidc", says: /\*\*Add\*\*, and copy the \*\*Value/ },
	{ id: "cust-96", guide: "entra-oidc", says: /Keep this window open/ },
	{
		id: "cust-98",
		guide: "entra-oidc",
		brings: ["discoveryEndpoint", /OpenID Connect metadata document/],
	},
	{
		id: "cust-99",
		guide: "entra-oidc",
		says: /Overview > Endpoints.*OpenID Connect metadata document/,
	},
	{ id: "cust-100", guide: "entra-oidc", brings: ["clientId", /Application \(client\) ID/] },
	{ id: "cust-101", guide: "entra-oidc", brings: ["clientSecret", /Secret ID.*is not it/] },
	{ id: "cust-107", guide: "onelogin-oidc", gives: ["redirectUri", "Redirect URI's"] },
	{ id: "cust-107", guide: "auth0-oidc", gives: ["redirectUri", "Allowed Callback URLs"] },
	{ id: "cust-109", guide: "oidc-oidc", says: /A web application/ },
	{ id: "cust-109", guide: "oidc-oidc", says: /Client authentication: the secret/ },
	{ id: "cust-110", guide: "onelogin-oidc", gives: ["loginUrl", "Login Url"] },
	{ id: "cust-111", guide: "oidc-oidc", gives: ["redirectUri", "Redirect URI"] },
	{
		id: "cust-113",
		guide: "oidc-oidc",
		brings: ["discoveryEndpoint", /OpenID configuration document URL/],
	},
	{ id: "cust-121", guide: "google-saml", says: /speaks OpenID Connect too.*Take that/ },
	{ id: "cust-122", guide: "entra-saml", says: /speaks OpenID Connect too.*Take that/ },
	{ id: "cust-123", guide: "auth0-saml", says: /has not been tried/ },
	{ id: "cust-126", guide: "jumpcloud-saml", says: /SSO Applications > Add New Application/ },
	{ id: "cust-126", guide: "cloudflare-saml", says: /Applications > Add an application > SaaS/ },
	{ id: "cust-127", guide: "jumpcloud-saml", says: /SAMLSubject NameID Format.*emailAddress/ },
	{ id: "cust-127", guide: "cloudflare-saml", says: /Name ID Format\*\*: \*\*Email/ },
	{ id: "cust-133", guide: "jumpcloud-saml", gives: ["entityId", "SP Entity ID"] },
	{ id: "cust-133", guide: "jumpcloud-saml", gives: ["acsUrl", "ACS URLs"] },
	{ id: "cust-133", guide: "cloudflare-saml", gives: ["entityId", "Entity ID"] },
	{ id: "cust-133", guide: "cloudflare-saml", gives: ["acsUrl", "Assertion Consumer Service URL"] },
	{ id: "cust-135", guide: "jumpcloud-saml", says: /upload it under \*\*SP Certificate/ },
	{
		id: "cust-141",
		guide: "okta-saml",
		says: /Applications > Applications > Create App Integration/,
	},
	{ id: "cust-142", guide: "okta-saml", says: /SAML 2\.0\*\*, then \*\*Next/ },
	{ id: "cust-143", guide: "okta-saml", says: /App name.*Next/ },
	{ id: "cust-144", guide: "okta-saml", gives: ["acsUrl", "Single sign-on URL"] },
	{ id: "cust-145", guide: "okta-saml", gives: ["entityId", "Audience URI (SP Entity ID)"] },
	{
		id: "cust-146",
		guide: "okta-saml",
		says: /Application username\*\*: \*\*Email\*\*\. Then \*\*Next/,
	},
	{ id: "cust-148", guide: "okta-saml", says: /\*\*Finish\*\*/ },
	{ id: "cust-157", guide: "jumpcloud-scim", says: /Identity Management > Configuration Settings/ },
	{ id: "cust-158", guide: "jumpcloud-scim", says: /API Type\*\*: \*\*SCIM API/ },
	{ id: "cust-159", guide: "jumpcloud-scim", says: /SCIM Version\*\*: \*\*SCIM 2\.0/ },
	{ id: "cust-160", guide: "jumpcloud-scim", gives: ["scimUrl", "Base URL"] },
	{ id: "cust-161", guide: "jumpcloud-scim", says: /Token Key.*shown once/ },
	{ id: "cust-162", guide: "jumpcloud-scim", says: /Test User Email/ },
	{ id: "cust-166", guide: "jumpcloud-scim", says: /exclude\*\* the password/ },
	{
		id: "cust-170",
		guide: "jumpcloud-scim",
		says: /UserName\*\* is \*\*Company Email.*Last Name.*First Name.*include/,
	},
	{ id: "cust-171", guide: "jumpcloud-scim", says: /\*\*Activate\*\*/ },
	{ id: "cust-174", guide: "cloudflare-scim", says: /generic-saml-saas/ },
	{ id: "cust-176", guide: "okta-scim", says: /Applications > Applications\*\*, the application/ },
	{ id: "cust-177", guide: "okta-scim", says: /SCIM\*\*, then \*\*Save/ },
	{ id: "cust-178", guide: "okta-scim", gives: ["scimUrl", "SCIM connector base URL"] },
	{
		id: "cust-180",
		guide: "okta-scim",
		says: /Import New Users and Profile Updates.*Push New Users.*Push Profile Updates/,
	},
	{ id: "cust-185", guide: "okta-scim", says: /HTTP Header.*Authorization.*shown once/ },
	{ id: "cust-186", guide: "okta-scim", says: /Test Connector Configuration\*\*, then \*\*Save/ },
	{
		id: "cust-187",
		guide: "okta-scim",
		says: /Create Users\*\*, \*\*Update User Attributes\*\*, \*\*Deactivate Users/,
	},
	{ id: "cust-191", guide: "okta-scim", says: /Assignments\*\*, last/ },
	{
		id: "cust-193",
		guide: "okta-scim",
		says: /assigned before provisioning was on.*removed and assigned anew/,
	},
];

const sentences = (guide: Guide) => [
	guide.advice ?? "",
	...guide.needs,
	...guide.steps.map(({ text }) => text),
	...guide.trouble.map(({ cause }) => cause),
	...guide.good,
	...guide.links.map(({ url }) => url),
];

test.each(promises)(
	"$id stands in the guide $guide",
	async ({ guide: name, says, gives, brings }) => {
		const at = name.lastIndexOf("-");
		const provider = name.slice(0, at);
		expect(providerOf(provider).key).toBe(provider);
		const guide = await readGuide(provider, name.slice(at + 1) as GuideProtocol);
		if (says) expect(sentences(guide).filter((sentence) => says.test(sentence))).not.toEqual([]);
		if (gives) {
			const values = guide.steps.flatMap((step) => step.values ?? []);
			expect(values.map(({ of, label }) => [of, label])).toContainEqual(gives);
		}
		if (brings) {
			const [field, where] = brings;
			expect(guide.bring.find((each) => each.field === field)?.where).toMatch(where);
		}
	},
);
