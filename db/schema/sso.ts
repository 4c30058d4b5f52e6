import {
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
import { at, workspaceId } from "./columns";
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
};

export const connections = pgTable(
	"connections",
	{
		workspaceId: workspaceId().references(() => workspaces.id, { onDelete: "cascade" }),
		id: uuid("id").notNull(),
		/** Raised by every change of the settings below; a passed test belongs to one revision. */
		revision: integer("revision").notNull().default(1),
		name: text("name").notNull(),
		provider: text("provider").notNull(),
		protocol: text("protocol").$type<"oidc">().notNull(),
		status: text("status").$type<"draft" | "tested" | "active" | "paused">().notNull(),
		issuer: text("issuer").notNull(),
		clientId: text("client_id").notNull(),
		/** An AES-256-GCM envelope, see lib/platform/crypto. */
		clientSecret: text("client_secret").notNull(),
		secretSetAt: at("secret_set_at").notNull(),
		secretSetBy: text("secret_set_by").notNull(),
		secretExpiresOn: text("secret_expires_on"),
		discoveryEndpoint: text("discovery_endpoint"),
		metadata: jsonb("metadata").$type<ProviderMetadata>().notNull(),
		/** What becomes of a sign-in begun at the provider: taken, or led to a "start here" page. */
		idpInitiated: text("idp_initiated").$type<"accept" | "page">().notNull(),
		/** A keyed hash of everything a sign-in rests on, the secret too: a test proves one value. */
		settingsHash: text("settings_hash").notNull(),
		testedRevision: integer("tested_revision"),
		testedAt: at("tested_at"),
		testedBy: text("tested_by"),
		pausedAt: at("paused_at"),
		createdAt: at("created_at").notNull().defaultNow(),
		changedAt: at("changed_at").notNull().defaultNow(),
	},
	(t) => [primaryKey({ name: "connections_pk", columns: [t.workspaceId, t.id] })],
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
		createdAt: at("created_at").notNull().defaultNow(),
	},
	(t) => [
		primaryKey({ name: "domains_pk", columns: [t.workspaceId, t.domain] }),
		index("domains_domain").on(t.domain),
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
		foreignKey({
			name: "identities_connection_fk",
			columns: [t.workspaceId, t.connectionId],
			foreignColumns: [connections.workspaceId, connections.id],
		}).onDelete("cascade"),
		foreignKey({
			name: "identities_member_fk",
			columns: [t.workspaceId, t.memberId],
			foreignColumns: [members.workspaceId, members.id],
		}).onDelete("cascade"),
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
		/** The name and provider of the settings under test. */
		draft: jsonb("draft").$type<{ name: string; provider: string }>(),
		settingsHash: text("settings_hash").notNull(),
		intent: text("intent").$type<SignInIntent>().notNull(),
		/** The admin who tests, or the member who signs in again. */
		memberId: uuid("member_id"),
		stateHash: text("state_hash"),
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
