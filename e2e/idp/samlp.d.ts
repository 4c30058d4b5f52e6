/** What is used of a library that has no types of its own. */
declare module "samlp" {
	type Failed = (error: unknown) => void;
	/** As much of Express as it touches. */
	type Asked = {
		method: string;
		query: Record<string, string>;
		body: Record<string, string>;
		headers: Record<string, string | string[] | undefined>;
		protocol: string;
		originalUrl: string;
	};
	type Answering = {
		set(name: string, value: string): void;
		send(statusOrBody: number | string, body?: string): void;
		redirect(address: string): void;
	};
	type Handler = (request: Asked, response: Answering, next: Failed) => void;
	type Signing = {
		issuer: string;
		cert: string;
		key: string;
		signatureAlgorithm?: "rsa-sha256" | "rsa-sha1";
		digestAlgorithm?: "sha256" | "sha1";
	};
	type Profile = {
		id: string;
		emails: { value: string }[];
		displayName: string;
		name: { givenName: string; familyName: string };
		[attribute: string]: unknown;
	};
	type Answers = Signing & {
		destination?: string;
		recipient?: string;
		audience?: string;
		inResponseTo?: string;
		lifetimeInSeconds?: number;
		nameIdentifierFormat?: string;
		sessionIndex?: string;
		signResponse?: boolean;
		signAssertion?: boolean;
		typedAttributes?: boolean;
		includeAttributeNameFormat?: boolean;
		signatureNamespacePrefix?: string;
		encryptionCert?: string;
		encryptionPublicKey?: string;
		encryptionAlgorithm?: string;
	};
	type Participant = {
		serviceProviderId: string;
		nameId: string;
		nameIdFormat: string;
		sessionIndex: string;
		serviceProviderLogoutURL: string;
		binding: string;
		cert: string;
	};
	type Found<T> = (error: unknown, found?: T) => void;

	export function auth(
		options: Answers & {
			RelayState?: string;
			signingCert?: string;
			getPostURL: (audience: string, dom: unknown, request: Asked, done: Found<string>) => void;
			getUserFromRequest: (request: Asked) => Profile;
		},
	): Handler;
	export function parseRequest(
		request: Asked,
		done: Found<{ issuer?: string; id?: string; assertionConsumerServiceURL?: string }>,
	): void;
	export function getSamlResponse(options: Answers, user: Profile, done: Found<string>): void;
	export function metadata(
		options: Signing & {
			redirectEndpointPath: string;
			postEndpointPath: string;
			logoutEndpointPaths: { redirect?: string; post?: string };
		},
	): Handler;
	export function logout(
		options: Signing & {
			deflate: boolean;
			protocolBinding: string;
			sessionParticipants: SessionParticipants;
			clearIdPSession: (done: Failed) => void;
			store: {
				save(request: Asked, state: object, done: Found<string>): void;
				load(request: Asked, key: string, options: object, done: Found<object>): void;
				update(request: Asked, key: string, state: object, done: Failed): void;
			};
		},
	): Handler;
	interface SessionParticipants {
		hasElements(): boolean;
		get(
			issuer: string,
			indices: string[],
			nameId: string,
			done: Found<Participant>,
		): Participant | undefined;
		getFirst(done: Found<Participant>): void;
		remove(issuer: string, index: string, nameId: string, done: Found<Participant>): void;
	}
}
declare module "samlp/lib/sessionParticipants/index.js" {
	import type { Participant, SessionParticipants } from "samlp";

	const make: new (participants: Participant[]) => SessionParticipants;
	export default make;
}
