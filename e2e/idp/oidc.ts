/**
 * A real OpenID provider on loopback, for the demo and the end-to-end tests: oidc-provider with a
 * sign-in page of ours. It asks for email and password at every sign-in, so that one browser can
 * play several people. `misbehave` turns it into a hostile or broken one.
 */
import "./quiet";
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import Provider, { type Configuration, interactionPolicy, type JWK } from "oidc-provider";
import { signInPage } from "./page";

/** Somebody who can sign in at the provider. */
export type Person = {
	email: string;
	password: string;
	givenName: string;
	familyName: string;
	/** True unless said. */
	emailVerified?: boolean;
	/** Made from the email unless said. */
	subject?: string;
	/** The organization the account belongs to, as Google says it. */
	hd?: string;
	/** Claims under names of the company's own: `upn`, `employee`. Sent for the scope `company`. */
	company?: { upn?: string; employee?: string };
};

/** An application that may send people here. */
export type Client = {
	id: string;
	secret: string;
	/** An address that ends in * stands for all that begin so: tests make workspaces as they go. */
	redirectUris: string[];
};

/** What can go wrong on purpose. */
export type Fault =
	/** The discovery document names an issuer that is not this one. */
	| { at: "discovery"; how: "anotherIssuer"; issuer: string }
	/** Discovery answers after so many milliseconds. */
	| { at: "discovery"; how: "slow"; milliseconds: number }
	/** Discovery answers with a page instead of JSON. */
	| { at: "discovery"; how: "notJson" }
	/** Discovery sends the reader elsewhere. */
	| { at: "discovery"; how: "redirect"; to: string }
	/** The token endpoint refuses every code. */
	| { at: "token"; how: "refuses" };

export type OidcProvider = {
	issuer: string;
	/** Replaces the present fault; none without an argument. */
	misbehave: (fault?: Fault) => void;
	/**
	 * Where it tells of a sign-out by back-channel. An application learns its address only after it
	 * knows the provider, so it is given late.
	 */
	tellSignOutsTo: (address: string) => void;
	/** The paths asked for so far, with their query. */
	requests: string[];
	close: () => Promise<void>;
};

/** Starts a provider. `title` names the company on the sign-in page. */
export async function startOidcProvider(options: {
	port: number;
	people: Person[];
	clients: Client[];
	title?: string;
}): Promise<OidcProvider> {
	const issuer = `http://localhost:${options.port}`;
	const provider = new Provider(issuer, configuration(options));
	Object.assign(provider.Client.prototype, { redirectUriAllowed, postLogoutRedirectUriAllowed });
	const handle = provider.callback();
	const requests: string[] = [];
	let fault: Fault | undefined;
	let signOutsTo: string | undefined;

	const server = createServer(async (request, response) => {
		const url = new URL(request.url ?? "/", issuer);
		requests.push(url.pathname + url.search);
		try {
			if (await answerWithFault(fault, issuer, url.pathname, response)) return;
			if (url.pathname === relay) return await passOn(signOutsTo, request, response);
			if (url.pathname.startsWith("/interaction/"))
				return await signIn(provider, options, request, response);
			await handle(request, response);
		} catch (error) {
			if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
			response.end(error instanceof Error ? error.message : "error");
		}
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(options.port, "127.0.0.1", resolve);
	});
	return {
		issuer,
		requests,
		tellSignOutsTo: (address) => {
			signOutsTo = address;
		},
		misbehave: (next) => {
			fault = next;
		},
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

function redirectUriAllowed(this: { redirectUris?: string[] }, uri: string): boolean {
	return (this.redirectUris ?? []).some((known) =>
		known.endsWith("*") ? uri.startsWith(known.slice(0, -1)) : uri === known,
	);
}

function postLogoutRedirectUriAllowed(this: { redirectUris?: string[] }, uri: string): boolean {
	const here = new URL(uri);
	return (this.redirectUris ?? []).some((known) => new URL(known).origin === here.origin);
}

/** Its own address that a Logout Token is sent to first. */
const relay = "/relay-sign-out";

async function passOn(
	to: string | undefined,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const body = await text(request);
	const type = { "content-type": request.headers["content-type"] ?? "" };
	const answer = to ? await fetch(to, { method: "POST", headers: type, body }) : null;
	response.writeHead(answer?.status ?? 200, { "cache-control": "no-store" });
	response.end();
}

/** The `sub` of a person: opaque and the same in every run. */
export function subjectOf(person: Person): string {
	return (
		person.subject ?? createHash("sha256").update(person.email).digest("base64url").slice(0, 20)
	);
}

function configuration(options: {
	port: number;
	people: Person[];
	clients: Client[];
}): Configuration {
	const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
	const key = { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" } as JWK;
	const policy = interactionPolicy.base();
	const { Check, Prompt } = interactionPolicy;
	// Its sign-in page asks who it is every time, so there is nothing more to choose.
	policy.add(new Prompt({ name: "select_account", requestable: true }));
	policy
		.get("login")
		?.checks.add(
			new Check("every_time", "each sign-in asks again", ({ oidc }) =>
				oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
			),
		);
	return {
		clients: options.clients.map(({ id, secret, redirectUris }) => ({
			client_id: id,
			client_secret: secret,
			redirect_uris: redirectUris,
			grant_types: ["authorization_code"],
			response_types: ["code"],
			backchannel_logout_uri: `http://localhost:${options.port}${relay}`,
			backchannel_logout_session_required: true,
		})),
		jwks: { keys: [key] },
		cookies: { keys: [randomBytes(32).toString("base64url")] },
		claims: {
			openid: ["sub", "hd"],
			email: ["email", "email_verified"],
			profile: ["name", "given_name", "family_name"],
			company: ["upn", "employee"],
		},
		// Claims in the ID token too, as the large providers do.
		conformIdTokenClaims: false,
		features: {
			devInteractions: { enabled: false },
			backchannelLogout: { enabled: true },
			rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
		},
		// It tells itself, over loopback, which the guard that it hands along would not let through.
		fetch: (address, { method, headers, body, redirect } = {}) =>
			fetch(address, { method, headers, body, redirect } as RequestInit),
		interactions: { policy, url: (_context, { uid }) => `/interaction/${uid}` },
		ttl: {
			AccessToken: 600,
			AuthorizationCode: 60,
			Grant: 3600,
			IdToken: 600,
			Interaction: 3600,
			Session: 3600,
		},
		findAccount: (_context, subject) => {
			const person = options.people.find((candidate) => subjectOf(candidate) === subject);
			if (!person) return undefined;
			return {
				accountId: subject,
				claims: () => ({
					sub: subject,
					email: person.email,
					email_verified: person.emailVerified ?? true,
					name: `${person.givenName} ${person.familyName}`,
					given_name: person.givenName,
					family_name: person.familyName,
					...(person.hd ? { hd: person.hd } : {}),
					...person.company,
				}),
			};
		},
		// A company's provider does not ask its people for consent to the company's own tools.
		loadExistingGrant: async ({ oidc }) => {
			const { client, session } = oidc;
			if (!client || !session?.accountId) return undefined;
			const grant = new oidc.provider.Grant({
				clientId: client.clientId,
				accountId: session.accountId,
			});
			grant.addOIDCScope("openid email profile company");
			await grant.save();
			return grant;
		},
	};
}

/** Asks whether to sign out. `form` is the provider's own, with its proof that the page is. */
function logoutSource(context: { body: unknown }, form: string): void {
	context.body = `<!doctype html><html lang="en"><title>Sign out</title><main><h1>Sign out of Acme sign-in?</h1>${form}<button type="submit" form="op.logoutForm" name="logout" value="yes">Yes, sign out</button></main></html>`;
}

function postLogoutSuccessSource(context: { body: unknown }): void {
	context.body =
		'<!doctype html><html lang="en"><title>Signed out</title><main><h1>You are signed out</h1></main></html>';
}

async function signIn(
	provider: Provider,
	{ people, title = "Acme sign-in" }: { people: Person[]; title?: string },
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const { params } = await provider.interactionDetails(request, response);
	const hint = typeof params.login_hint === "string" ? params.login_hint : "";
	if (request.method !== "POST")
		return send(response, 200, signInPage({ title, email: hint, wrong: false }));
	const form = new URLSearchParams(await text(request));
	const email = (form.get("email") ?? "").trim().toLowerCase();
	const person = people.find(
		(candidate) =>
			candidate.email.toLowerCase() === email && candidate.password === form.get("password"),
	);
	if (!person) return send(response, 401, signInPage({ title, email, wrong: true }));
	await provider.interactionFinished(
		request,
		response,
		{ login: { accountId: subjectOf(person), remember: false }, select_account: {} },
		{ mergeWithLastSubmission: false },
	);
}

function send(response: ServerResponse, status: number, html: string): void {
	response.writeHead(status, {
		"content-type": "text/html; charset=utf-8",
		"cache-control": "no-store",
	});
	response.end(html);
}

/** Answers in place of the provider where a fault says so. */
async function answerWithFault(
	fault: Fault | undefined,
	issuer: string,
	path: string,
	response: ServerResponse,
): Promise<boolean> {
	const here = fault?.at === "discovery" ? "/.well-known/openid-configuration" : "/token";
	if (!fault || path !== here) return false;
	const json = (status: number, body: unknown) => {
		response.writeHead(status, { "content-type": "application/json" });
		response.end(JSON.stringify(body));
	};
	switch (fault.how) {
		case "anotherIssuer":
			json(200, {
				issuer: fault.issuer,
				authorization_endpoint: `${issuer}/auth`,
				token_endpoint: `${issuer}/token`,
				userinfo_endpoint: `${issuer}/me`,
				jwks_uri: `${issuer}/jwks`,
				response_types_supported: ["code"],
				subject_types_supported: ["public"],
				id_token_signing_alg_values_supported: ["RS256"],
			});
			return true;
		case "slow":
			await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
			return false;
		case "notJson":
			send(response, 200, "<!doctype html><title>Welcome</title><p>This is not a provider.");
			return true;
		case "redirect":
			response.writeHead(302, { location: fault.to });
			response.end();
			return true;
		case "refuses":
			json(400, { error: "invalid_grant", error_description: "grant request is invalid" });
			return true;
	}
}
