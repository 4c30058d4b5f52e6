/**
 * A real SAML identity provider on loopback, for the demo and the end-to-end tests: samlp speaks the
 * protocol, the pages are ours. Its address is 127.0.0.1, so that for a browser it is another site
 * than localhost, as a company's provider is. It knows an application by the metadata that is read
 * at its entity ID, and asks for email and password at every sign-in, so that one browser can play
 * several people.
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import samlp, { type Asked, type Participant, type Profile } from "samlp";
import SessionParticipants from "samlp/lib/sessionParticipants/index.js";
import { type Person, subjectOf } from "./oidc";
import { appsPage, signInPage } from "./page";
import { readService, type Service } from "./saml-service";

type SigningKeys = { privateKey: string; certificate: string };

export type SamlProvider = {
	entityId: string;
	metadataUrl: string;
	/** Its page of applications, where a sign-in begins that no application asked for. */
	appsUrl: string;
	/** Shows a tile for an application. */
	offer: (tile: { name: string; entityId: string; relayState?: string }) => void;
	/** What it does differently from now on; as usual without an argument. */
	behave: (habits?: Habits) => void;
	/** The paths asked for so far, with their query. */
	requests: string[];
	close: () => Promise<void>;
};

export type Habits = {
	/** The assertion unless said. */
	sign?: "assertion" | "response" | "both";
	/** Encrypts assertions to the application's certificate. */
	encrypt?: boolean;
	/** The format of its NameIDs, which are the email in the usual one and opaque in any other. */
	nameIdFormat?: string;
	/** Attributes that it keeps to itself. */
	withhold?: readonly ("email" | "name")[];
};

const emailFormat = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const redirectBinding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";

/** Somebody who is signed in there, and at which applications. */
type Session = { person: Person; index: string; participants: Participant[] };

/** What waits for a person to sign in: an application's request, or nothing but the wish. */
type Waiting = { request: Asked; service: Service | null };

/**
 * Starts a provider.
 * @param options.keys its signing key and certificate; who stores its metadata needs them to last.
 * @param options.services entity IDs it trusts. One that ends in * stands for all that begin so.
 * @param options.tile what a tile is called that each application gets once it has asked here.
 */
export async function startSamlProvider(options: {
	port: number;
	people: Person[];
	keys: SigningKeys;
	services: string[];
	tile?: string;
	title?: string;
}): Promise<SamlProvider> {
	const origin = `http://127.0.0.1:${options.port}`;
	const title = options.title ?? "Acme SAML sign-in";
	const entityId = `${origin}/metadata`;
	const signing = {
		issuer: entityId,
		cert: options.keys.certificate,
		key: options.keys.privateKey,
		signatureAlgorithm: "rsa-sha256",
		digestAlgorithm: "sha256",
	} as const;
	const sessions = new Map<string, Session>();
	const waiting = new Map<string, Waiting>();
	const leaving = new Map<string, object>();
	const tiles: { name: string; entityId: string; relayState?: string }[] = [];
	const requests: string[] = [];
	let habits: Habits = {};

	const serviceOf = async (id: string): Promise<Service> => {
		const trusted = options.services.some((one) =>
			one.endsWith("*") ? id.startsWith(one.slice(0, -1)) : id === one,
		);
		if (!trusted) throw new Error(`the application ${id} is not known here`);
		return readService(id);
	};

	/** Has samlp answer, and passes on what it says in Express's words. */
	const answerBy = (handler: samlp.Handler, request: Asked, response: ServerResponse) =>
		new Promise<void>((resolve, reject) => {
			handler(
				request,
				{
					set: (name, value) => response.setHeader(name, value),
					send: (first, second) => {
						const isStatus = typeof first === "number";
						if (isStatus && first === 200 && second === undefined)
							send(response, 200, signedOutPage);
						else send(response, isStatus ? first : 200, String(second ?? (isStatus ? "" : first)));
						resolve();
					},
					redirect: (address) => {
						leadTo(response, address);
						resolve();
					},
				},
				reject,
			);
		});

	const respond = (session: Session, { request, service }: Waiting, response: ServerResponse) => {
		if (!service) return leadTo(response, "/");
		const { person, index } = session;
		const format = habits.nameIdFormat ?? emailFormat;
		const nameId = format === emailFormat ? person.email : subjectOf(person);
		session.participants.push({
			serviceProviderId: service.entityId,
			nameId,
			nameIdFormat: format,
			sessionIndex: index,
			serviceProviderLogoutURL: service.sloUrl ?? "",
			binding: redirectBinding,
			cert: service.certificate,
		});
		const { sign = "assertion", encrypt = false } = habits;
		const handler = samlp.auth({
			...signing,
			audience: service.entityId,
			destination: service.acsUrl,
			recipient: service.acsUrl,
			lifetimeInSeconds: 300,
			nameIdentifierFormat: format,
			sessionIndex: index,
			signAssertion: sign !== "response",
			signResponse: sign !== "assertion",
			...(service.signsRequests && isAsked(request) ? { signingCert: service.certificate } : {}),
			...(encrypt ? encryptionTo(service) : {}),
			getPostURL: (_audience, _dom, _request, done) => done(null, service.acsUrl),
			getUserFromRequest: () => profileOf(person, nameId, habits.withhold ?? []),
		});
		return answerBy(handler, request, response);
	};

	const routes: Record<string, (request: Asked, response: ServerResponse) => unknown> = {
		"/metadata": (request, response) =>
			answerBy(
				samlp.metadata({
					...signing,
					redirectEndpointPath: "/sso",
					postEndpointPath: "/sso",
					logoutEndpointPaths: { redirect: "/logout" },
				}),
				request,
				response,
			),
		"/sso": async (request, response) => {
			const asked = await requestIn(request);
			const service = await serviceOf(asked.issuer ?? "");
			if (asked.assertionConsumerServiceURL !== service.acsUrl)
				throw new Error("the request names another address than the application's metadata");
			if (options.tile && !tiles.some(({ entityId }) => entityId === service.entityId))
				tiles.push({ name: options.tile, entityId: service.entityId });
			wait({ request, service }, response);
		},
		"/": (request, response) => {
			const session = sessions.get(cookieOf(request));
			if (!session) return wait({ request, service: null }, response);
			send(response, 200, appsPage({ title, person: session.person.email, tiles }));
		},
		"/open": async (request, response) => {
			const tile = tiles[Number(request.query.tile)];
			const session = sessions.get(cookieOf(request));
			if (!tile || !session) return leadTo(response, "/");
			const service = await serviceOf(tile.entityId);
			const unasked = { ...request, query: { RelayState: tile.relayState ?? "" } };
			return respond(session, { request: unasked, service }, response);
		},
		"/logout": (request, response) => {
			const id = cookieOf(request);
			const handler = samlp.logout({
				...signing,
				deflate: true,
				protocolBinding: redirectBinding,
				sessionParticipants: new SessionParticipants(sessions.get(id)?.participants ?? []),
				clearIdPSession: (done) => {
					sessions.delete(id);
					done(null);
				},
				store: {
					save: (_request, state, done) => {
						const key = newId();
						leaving.set(key, state);
						done(null, key);
					},
					load: (_request, key, _options, done) => done(null, leaving.get(key)),
					update: (_request, key, state, done) => {
						leaving.set(key, state);
						done(null);
					},
				},
			});
			return answerBy(handler, request, response);
		},
	};

	const wait = (what: Waiting, response: ServerResponse) => {
		const id = newId();
		waiting.set(id, what);
		leadTo(response, `/interaction/${id}`);
	};

	const signIn = async (id: string, request: Asked, response: ServerResponse) => {
		const what = waiting.get(id);
		if (!what) throw new Error("this sign-in is over");
		if (request.method !== "POST")
			return send(response, 200, signInPage({ title, email: "", wrong: false }));
		const email = (request.body.email ?? "").trim().toLowerCase();
		const person = options.people.find(
			(one) => one.email.toLowerCase() === email && one.password === request.body.password,
		);
		if (!person) return send(response, 401, signInPage({ title, email, wrong: true }));
		waiting.delete(id);
		const session = { person, index: `_${newId()}`, participants: [] };
		const cookie = newId();
		sessions.set(cookie, session);
		response.setHeader("set-cookie", `acme=${cookie}; HttpOnly; Path=/; SameSite=Lax`);
		return respond(session, what, response);
	};

	const server = createServer(async (incoming, response) => {
		requests.push(incoming.url ?? "/");
		try {
			const request = await asked(incoming);
			const path = new URL(request.originalUrl, origin).pathname;
			const [, interaction] = /^\/interaction\/(\w+)$/.exec(path) ?? [];
			const route = routes[path];
			if (interaction) await signIn(interaction, request, response);
			else if (route) await route(request, response);
			else send(response, 404, "");
		} catch (error) {
			if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
			response.end(error instanceof Error ? error.message : String(error));
		}
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(options.port, "127.0.0.1", resolve);
	});
	return {
		entityId,
		metadataUrl: entityId,
		appsUrl: `${origin}/`,
		offer: (tile) => tiles.push(tile),
		behave: (next = {}) => {
			habits = next;
		},
		requests,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

const newId = () => randomBytes(16).toString("hex");

const encryptionTo = ({ certificate, publicKey }: Service) => ({
	encryptionCert: certificate,
	encryptionPublicKey: publicKey,
	encryptionAlgorithm: "http://www.w3.org/2009/xmlenc11#aes256-gcm",
});

/** A person as Auth0 knows them: samlp names the attributes itself. */
const profileOf = (
	person: Person,
	nameId: string,
	withheld: NonNullable<Habits["withhold"]>,
): Profile => ({
	id: nameId,
	emails: withheld.includes("email") ? [] : [{ value: person.email }],
	displayName: withheld.includes("name") ? "" : `${person.givenName} ${person.familyName}`,
	name: withheld.includes("name")
		? { givenName: "", familyName: "" }
		: { givenName: person.givenName, familyName: person.familyName },
	...person.company,
});

const isAsked = ({ query, body }: Asked) => Boolean(query.SAMLRequest ?? body.SAMLRequest);

function requestIn(
	request: Asked,
): Promise<{ issuer?: string; assertionConsumerServiceURL?: string }> {
	return new Promise((resolve, reject) => {
		samlp.parseRequest(request, (error, found) =>
			error || !found ? reject(error ?? new Error("no request")) : resolve(found),
		);
	});
}

/** A request in Express's words. */
async function asked(incoming: IncomingMessage): Promise<Asked> {
	const { method = "GET", headers, url = "/" } = incoming;
	const body = method === "POST" ? await text(incoming) : "";
	return {
		method,
		headers,
		originalUrl: url,
		protocol: "http",
		query: Object.fromEntries(new URL(url, "http://127.0.0.1").searchParams),
		body: Object.fromEntries(new URLSearchParams(body)),
	};
}

const cookieOf = ({ headers }: Asked) => /\bacme=(\w+)/.exec(String(headers.cookie))?.[1] ?? "";

function leadTo(response: ServerResponse, location: string): void {
	response.writeHead(303, { location, "cache-control": "no-store" }).end();
}

const signedOutPage =
	'<!doctype html><html lang="en"><title>Signed out</title><main><h1>You are signed out</h1></main></html>';

function send(response: ServerResponse, status: number, html: string): void {
	if (!response.hasHeader("content-type"))
		response.setHeader("content-type", "text/html; charset=utf-8");
	response.writeHead(status, { "cache-control": "no-store" }).end(html);
}
