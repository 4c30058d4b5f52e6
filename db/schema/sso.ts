import {
	boolean,
	foreignKey,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	unique,
	uuid,
} from "drizzle-orm/pg-core";
import { at, belongsTo, workspaceId } from "./columns";
import { members } from "./members";
import { workspaces } from "./workspaces";

/** The part of an OIDC discovery document that a connection rests on, as stored at save time. */
export type ProviderMetadata = {
	issuer: string;
	authorization_endpoint: string;
	token_endpoint: string;
	jwks_uri: string;
	userinfo_endpoint: string;
	end_session_endpoint?: string;
	id_token_signing_alg_values_supported?: string[];
	token_endpoint_auth_methods_supported?: string[];
	authorization_response_iss_parameter_supported?: boolean;
	/** The admin's own: the Google Workspace domain that an answer must name (`hd`). */
	hosted_domain?: string;
};

/** What an identity provider says of itself in SAML metadata, or an admin typed by hand. */
export type SamlIdp = {
	entityId: string;
	ssoUrl: string;
	ssoBinding: "redirect" | "post";
	/** Where the provider ends its own session, if it offers that. */
	sloUrl: string | null;
	/** Where it wants to be answered, if not there as well. Absent from what was stored before it was read. */
	sloResponseUrl?: string | null;
	sloBinding: "redirect" | "post";
	/** Signing certificates in PEM: several while one replaces another. */
	certificates: string[];
};

/** What of a provider's metadata was found to be other than stored, when it was read again. */
export type MetadataNews = {
	/** Taken by itself, or left to an admin. */
	taken: boolean;
	/** ISO. */
	at: string;
	/** Certificates by their fingerprints. */
	changed: { field: string; before: string; after: string }[];
};

/** What a SAML connection rests on. */
export type SamlSettings = {
	/** Null: a draft that waits for the provider's metadata. */
	idp: SamlIdp | null;
	/** The NameID format to ask for. Null: the provider's own choice. */
	nameIdFormat: string | null;
	/** Sign each AuthnRequest. */
	signRequests: boolean;
	/** Take encrypted assertions alone. */
	wantEncrypted: boolean;
};

/** Names of claims or attributes to read. Null: those that the protocol's providers usually send. */
export type ClaimMapping = Record<
	"email" | "name" | "givenName" | "familyName" | "subject",
	string | null
>;

/** What a logout needs to say which of the provider's sessions is meant. */
export type ProviderSession =
	| {
			protocol: "oidc";
			issuer: string;
			subject: string;
			sid: string | null;
			/** Sealed. */
			idToken: string | null;
	  }
	| {
			protocol: "saml";
			issuer: string;
			/** The NameID as it was sent, which need not be the subject a member is known by. */
			nameId: string;
			format: string | null;
			nameQualifier: string | null;
			spNameQualifier: string | null;
			sessionIndex: string | null;
	  };

/** Columns of the other protocol are null; lib/sso/connections has a type for each. */
export const connections = pgTable(
	"connections",
	{
		workspaceId: workspaceId().references(() => workspaces.id, { onDelete: "cascade" }),
		id: uuid("id").notNull(),
		/** Raised by every change of the settings below; a passed test belongs to one revision. */
		revision: integer("revision").notNull().default(1),
		name: text("name").notNull(),
		provider: text("provider").notNull(),
		protocol: text("protocol").$type<"oidc" | "saml">().notNull(),
		status: text("status").$type<"draft" | "tested" | "active" | "paused">().notNull(),
		/** The OpenID issuer or the SAML entity ID. Null for a SAML draft that waits for metadata. */
		issuer: text("issuer"),
		/** It uses the deployment's client at Google: its id stands here, its secret nowhere. */
		deploymentClient: boolean("deployment_client").notNull().default(false),
		clientId: text("client_id"),
		/** An AES-256-GCM envelope, see lib/platform/crypto. Null for the deployment's client. */
		clientSecret: text("client_secret"),
		secretSetAt: at("secret_set_at"),
		secretSetBy: text("secret_set_by"),
		secretExpiresOn: text("secret_expires_on"),
		discoveryEndpoint: text("discovery_endpoint"),
		metadata: jsonb("metadata").$type<ProviderMetadata>(),
		/** Asked for beside `openid`. Null: the usual ones. */
		scopes: text("scopes").array(),
		saml: jsonb("saml").$type<SamlSettings>(),
		/** Where SAML metadata is read from, again and again. Null: it was given once. */
		metadataUrl: text("metadata_url"),
		metadataCheckedAt: at("metadata_checked_at"),
		/** Null since an admin saved, or since the provider says again what is stored. */
		metadataNews: jsonb("metadata_news").$type<MetadataNews>(),
		claimMapping: jsonb("claim_mapping").$type<ClaimMapping>(),
		/** What becomes of a sign-in begun at the provider: taken, or led to a "start here" page. */
		idpInitiated: text("idp_initiated").$type<"accept" | "page">().notNull(),
		/** When an admin last said that the provider has the newest certificate of ours. */
		certificateTakenAt: at("certificate_taken_at"),
		/** When an assertion first came encrypted, whether or not that is asked for. */
		encryptedAt: at("encrypted_at"),
		/** A keyed hash of everything a sign-in rests on, the secret too: a test proves one value. */
		settingsHash: text("settings_hash").notNull(),
		testedRevision: integer("tested_revision"),
		testedAt: at("tested_at"),
		testedBy: text("tested_by"),
		pausedAt: at("paused_at"),
		createdAt: at("created_at").notNull().defaultNow(),
		changedAt: at("changed_at").notNull().defaultNow(),
	},
	(t) => [
		primaryKey({ name: "connections_pk", columns: [t.workspaceId, t.id] }),
		// A connection's id is its address at the provider, whichever workspace it is of.
		unique("connections_id_unique").on(t.id),
	],
);

export const domains = pgTable(
	"domains",
	{
		workspaceId: workspaceId().references(() => workspaces.id, { onDelete: "cascade" }),
		/** Lower case, ASCII (punycode) form. */
		domain: text("domain").notNull(),
		state: text("state").$type<"pending" | "verified" | "lost">().notNull(),
		/** The value the workspace's DNS TXT record must carry. */
		proofToken: text("proof_token").notNull(),
		verifiedAt: at("verified_at"),
		/** "dns", or the operator who vouched for it. */
		verifiedBy: text("verified_by"),
		checkedAt: at("checked_at"),
		/** Daily checks in a row that did not find the record. */
		missedChecks: integer("missed_checks").notNull().default(0),
		lostAt: at("lost_at"),
		/** The connection its people are led to. Null: whichever is active. */
		connectionId: uuid("connection_id"),
		createdAt: at("created_at").notNull().defaultNow(),
	},
	(t) => [
		primaryKey({ name: "domains_pk", columns: [t.workspaceId, t.domain] }),
		index("domains_domain").on(t.domain),
		// Sets this one column to null: see the migration, for what drizzle cannot say.
		foreignKey({
			name: "domains_connection_fk",
			columns: [t.workspaceId, t.connectionId],
			foreignColumns: [connections.workspaceId, connections.id],
		}).onDelete("set null"),
	],
);

/** Who a subject at an issuer is here: (connection, issuer, subject), never an email. */
export const identities = pgTable(
	"identities",
	{
		workspaceId: workspaceId(),
		connectionId: uuid("connection_id").notNull(),
		issuer: text("issuer").notNull(),
		subject: text("subject").notNull(),
		memberId: uuid("member_id").notNull(),
		linkedAt: at("linked_at").notNull().defaultNow(),
		lastUsedAt: at("last_used_at").notNull().defaultNow(),
	},
	(t) => [
		primaryKey({
			name: "identities_pk",
			columns: [t.workspaceId, t.connectionId, t.issuer, t.subject],
		}),
		index("identities_member").on(t.workspaceId, t.memberId),
		belongsTo("identities_connection_fk", [t.workspaceId, t.connectionId], connections),
		belongsTo("identities_member_fk", [t.workspaceId, t.memberId], members),
	],
);

export type SignInIntent = "login" | "test" | "fresh";

/** One step of a sign-in attempt, as the trace shows it. Never holds a token or a secret. */
export type TraceStep = {
	step: string;
	at: string;
	ok: boolean;
	expected?: string;
	received?: string;
};

/** One attempt: the transaction with the provider, its trace, and the one-time ticket it ends in. */
export const signIns = pgTable(
	"sign_ins",
	{
		workspaceId: workspaceId().references(() => workspaces.id, { onDelete: "cascade" }),
		id: uuid("id").notNull(),
		/** Shown to the visitor and searched by the admin, such as GH-7K2M. */
		code: text("code").notNull(),
		connectionId: uuid("connection_id"),
		connectionRevision: integer("connection_revision"),
		protocol: text("protocol").$type<"oidc" | "saml">().notNull().default("oidc"),
		/** Begun here, or by the provider's own word. */
		initiatedBy: text("initiated_by").$type<"sp" | "idp">().notNull().default("sp"),
		/** With the deployment's client: its answer comes to the one address of the deployment. */
		deploymentClient: boolean("deployment_client").notNull().default(false),
		/** The settings under test, as far as the answer is read by them. Holds no secret. */
		draft: jsonb("draft").$type<{
			name: string;
			provider: string;
			claimMapping: ClaimMapping | null;
			hostedDomain?: string | null;
			saml: SamlSettings | null;
		}>(),
		settingsHash: text("settings_hash").notNull(),
		intent: text("intent").$type<SignInIntent>().notNull(),
		/** The admin who tests, or the member who signs in again. */
		memberId: uuid("member_id"),
		stateHash: text("state_hash"),
		/** The id of our SAML request, which its answer must name. */
		requestId: text("request_id"),
		browserHash: text("browser_hash").notNull(),
		/** Sealed; proves to the protocol engine that its answer is for this row. */
		codeVerifier: text("code_verifier").notNull(),
		returnTo: text("return_to"),
		startedAt: at("started_at").notNull(),
		expiresAt: at("expires_at").notNull(),
		/** Set when the provider's answer has been taken; a second answer finds nothing to take. */
		answeredAt: at("answered_at"),
		endedAt: at("ended_at"),
		outcome: text("outcome").$type<"welcome" | "provision" | "link" | "replace" | "refuse">(),
		reason: text("reason"),
		/** What the provider said, redacted: claim names and values an admin may see in a test. */
		claims: jsonb("claims").$type<Record<string, unknown>>(),
		issuer: text("issuer"),
		subject: text("subject"),
		email: text("email"),
		/** For the session that may come of it. */
		providerSession: jsonb("provider_session").$type<ProviderSession>(),
		/** A test's verdict, as its page shows it. */
		verdict: jsonb("verdict").$type<unknown>(),
		trace: jsonb("trace").$type<TraceStep[]>().notNull(),
		ticketHash: text("ticket_hash"),
		ticketExpiresAt: at("ticket_expires_at"),
		address: text("address"),
		userAgent: text("user_agent"),
	},
	(t) => [
		primaryKey({ name: "sign_ins_pk", columns: [t.workspaceId, t.id] }),
		unique("sign_ins_code_unique").on(t.workspaceId, t.code),
		unique("sign_ins_state_unique").on(t.stateHash),
		unique("sign_ins_ticket_unique").on(t.ticketHash),
		index("sign_ins_email").on(t.workspaceId, t.email, t.id),
		index("sign_ins_started").on(t.startedAt),
	],
);

/** Assertions that were taken. One is taken once, for as long as it would be valid. */
export const consumedAssertions = pgTable(
	"consumed_assertions",
	{
		workspaceId: workspaceId(),
		connectionId: uuid("connection_id").notNull(),
		assertionId: text("assertion_id").notNull(),
		expiresAt: at("expires_at").notNull(),
	},
	(t) => [
		primaryKey({
			name: "consumed_assertions_pk",
			columns: [t.workspaceId, t.connectionId, t.assertionId],
		}),
		index("consumed_assertions_expiry").on(t.expiresAt),
		belongsTo("consumed_assertions_connection_fk", [t.workspaceId, t.connectionId], connections),
	],
);

/** Somebody who signed out here and may want to sign out at the provider too, for a few minutes. */
export const signOuts = pgTable(
	"sign_outs",
	{
		workspaceId: workspaceId(),
		id: uuid("id").notNull(),
		/** SHA-256 of the token that only the browser's cookie holds. */
		tokenHash: text("token_hash").notNull().unique(),
		connectionId: uuid("connection_id").notNull(),
		providerSession: jsonb("provider_session").$type<ProviderSession>().notNull(),
		expiresAt: at("expires_at").notNull(),
	},
	(t) => [
		primaryKey({ name: "sign_outs_pk", columns: [t.workspaceId, t.id] }),
		index("sign_outs_expiry").on(t.expiresAt),
		belongsTo("sign_outs_connection_fk", [t.workspaceId, t.connectionId], connections),
	],
);

/** Where the protocol engine keeps its connections and transactions (see lib/sso/broker). */
export const engineStore = pgTable(
	"engine_store",
	{
		namespace: text("namespace").notNull(),
		key: text("key").notNull(),
		value: jsonb("value").notNull(),
		expiresAt: at("expires_at"),
		createdAt: at("created_at").notNull().defaultNow(),
	},
	(t) => [
		primaryKey({ name: "engine_store_pk", columns: [t.namespace, t.key] }),
		index("engine_store_expiry").on(t.expiresAt),
	],
);

export const engineIndex = pgTable(
	"engine_index",
	{
		namespace: text("namespace").notNull(),
		name: text("name").notNull(),
		value: text("value").notNull(),
		key: text("key").notNull(),
	},
	(t) => [
		primaryKey({ name: "engine_index_pk", columns: [t.namespace, t.name, t.value, t.key] }),
		foreignKey({
			name: "engine_index_store_fk",
			columns: [t.namespace, t.key],
			foreignColumns: [engineStore.namespace, engineStore.key],
		}).onDelete("cascade"),
	],
);
