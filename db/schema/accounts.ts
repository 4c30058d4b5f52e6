import {
	bigint,
	index,
	integer,
	pgTable,
	primaryKey,
	text,
	unique,
	uuid,
} from "drizzle-orm/pg-core";
import { at, belongsTo, workspaceId } from "./columns";
import { members } from "./members";
import { workspaces } from "./workspaces";

/** An address asked to join. It is no member until the person accepts. */
export const invitations = pgTable(
	"invitations",
	{
		workspaceId: workspaceId().references(() => workspaces.id, { onDelete: "cascade" }),
		id: uuid("id").notNull(),
		email: text("email").notNull(),
		emailKey: text("email_key").notNull(),
		role: text("role").notNull(),
		/** SHA-256 of the link's token. A resend replaces it, so the older link ends. */
		tokenHash: text("token_hash").notNull().unique(),
		invitedBy: text("invited_by").notNull(),
		invitedById: uuid("invited_by_id"),
		createdAt: at("created_at").notNull().defaultNow(),
		sentAt: at("sent_at").notNull().defaultNow(),
		expiresAt: at("expires_at").notNull(),
	},
	(t) => [
		primaryKey({ name: "invitations_pk", columns: [t.workspaceId, t.id] }),
		// Accepted, revoked and replaced ones are gone; one address is asked once.
		unique("invitations_email_unique").on(t.workspaceId, t.emailKey),
	],
);

/** A link in a mail that does one thing once: reset a password, set a first one, follow an address. */
export const mailLinks = pgTable(
	"mail_links",
	{
		workspaceId: workspaceId(),
		id: uuid("id").notNull(),
		memberId: uuid("member_id").notNull(),
		kind: text("kind").$type<"reset" | "password_set" | "email_change">().notNull(),
		tokenHash: text("token_hash").notNull().unique(),
		/** The address that is to become the member's, for `email_change`. */
		email: text("email"),
		createdAt: at("created_at").notNull().defaultNow(),
		expiresAt: at("expires_at").notNull(),
	},
	(t) => [
		primaryKey({ name: "mail_links_pk", columns: [t.workspaceId, t.id] }),
		index("mail_links_member").on(t.workspaceId, t.memberId),
		belongsTo("mail_links_member_fk", [t.workspaceId, t.memberId], members),
	],
);

/** A second factor by authenticator app. Counts once it was confirmed with a code. */
export const totpFactors = pgTable(
	"totp_factors",
	{
		workspaceId: workspaceId(),
		memberId: uuid("member_id").notNull(),
		/** The seed, sealed. */
		secret: text("secret").notNull(),
		confirmedAt: at("confirmed_at"),
		/** The time step of the last code taken: none of it or before is taken again. */
		lastStep: bigint("last_step", { mode: "number" }),
		createdAt: at("created_at").notNull().defaultNow(),
	},
	(t) => [
		primaryKey({ name: "totp_factors_pk", columns: [t.workspaceId, t.memberId] }),
		belongsTo("totp_factors_member_fk", [t.workspaceId, t.memberId], members),
	],
);

/** A second factor by mail: codes go to the member's proved address. */
export const mailFactors = pgTable(
	"mail_factors",
	{
		workspaceId: workspaceId(),
		memberId: uuid("member_id").notNull(),
		createdAt: at("created_at").notNull().defaultNow(),
	},
	(t) => [
		primaryKey({ name: "mail_factors_pk", columns: [t.workspaceId, t.memberId] }),
		belongsTo("mail_factors_member_fk", [t.workspaceId, t.memberId], members),
	],
);

export const passkeys = pgTable(
	"passkeys",
	{
		workspaceId: workspaceId(),
		id: uuid("id").notNull(),
		memberId: uuid("member_id").notNull(),
		name: text("name").notNull(),
		credentialId: text("credential_id").notNull(),
		/** COSE key in base64url: public, so not sealed. */
		publicKey: text("public_key").notNull(),
		counter: bigint("counter", { mode: "number" }).notNull(),
		transports: text("transports").array().notNull(),
		createdAt: at("created_at").notNull().defaultNow(),
		lastUsedAt: at("last_used_at"),
	},
	(t) => [
		primaryKey({ name: "passkeys_pk", columns: [t.workspaceId, t.id] }),
		unique("passkeys_credential_unique").on(t.workspaceId, t.credentialId),
		index("passkeys_member").on(t.workspaceId, t.memberId),
		belongsTo("passkeys_member_fk", [t.workspaceId, t.memberId], members),
	],
);

/**
 * Codes printed once, each of which works once. `factor` stands in for a second factor; `sso` lets
 * an admin in when single sign-on does not work.
 */
export const recoveryCodes = pgTable(
	"recovery_codes",
	{
		workspaceId: workspaceId(),
		id: uuid("id").notNull(),
		memberId: uuid("member_id").notNull(),
		purpose: text("purpose").$type<"factor" | "sso">().notNull(),
		hash: text("hash").notNull(),
		createdAt: at("created_at").notNull().defaultNow(),
		/** For `sso`: when one of its set was typed in again, to show that it was kept. */
		keptAt: at("kept_at"),
		usedAt: at("used_at"),
	},
	(t) => [
		primaryKey({ name: "recovery_codes_pk", columns: [t.workspaceId, t.id] }),
		unique("recovery_codes_hash_unique").on(t.workspaceId, t.hash),
		index("recovery_codes_member").on(t.workspaceId, t.memberId),
		belongsTo("recovery_codes_member_fk", [t.workspaceId, t.memberId], members),
	],
);

/** A right password that still waits for its second factor. It is no session and opens nothing. */
export const loginChallenges = pgTable(
	"login_challenges",
	{
		workspaceId: workspaceId(),
		id: uuid("id").notNull(),
		memberId: uuid("member_id").notNull(),
		/** The first factor: what the session will say it began with. */
		method: text("method").$type<"password" | "google" | "invitation">().notNull(),
		/** SHA-256 of the token that only the browser's cookie holds. */
		tokenHash: text("token_hash").notNull().unique(),
		attempts: integer("attempts").notNull().default(0),
		mailCodeHash: text("mail_code_hash"),
		mailCodeExpiresAt: at("mail_code_expires_at"),
		passkeyChallenge: text("passkey_challenge"),
		/** A second factor was proved, and another still has to be set up or its codes kept. */
		provedAt: at("proved_at"),
		createdAt: at("created_at").notNull().defaultNow(),
		expiresAt: at("expires_at").notNull(),
	},
	(t) => [
		primaryKey({ name: "login_challenges_pk", columns: [t.workspaceId, t.id] }),
		index("login_challenges_expiry").on(t.expiresAt),
		belongsTo("login_challenges_member_fk", [t.workspaceId, t.memberId], members),
	],
);

/** A key that acts for its member on the API, within its scopes. */
export const apiKeys = pgTable(
	"api_keys",
	{
		workspaceId: workspaceId(),
		id: uuid("id").notNull(),
		memberId: uuid("member_id").notNull(),
		name: text("name").notNull(),
		hash: text("hash").notNull().unique(),
		prefix: text("prefix").notNull(),
		scopes: text("scopes").array().notNull(),
		createdAt: at("created_at").notNull().defaultNow(),
		lastUsedAt: at("last_used_at"),
		expiresAt: at("expires_at"),
		revokedAt: at("revoked_at"),
	},
	(t) => [
		primaryKey({ name: "api_keys_pk", columns: [t.workspaceId, t.id] }),
		index("api_keys_member").on(t.workspaceId, t.memberId),
		belongsTo("api_keys_member_fk", [t.workspaceId, t.memberId], members),
	],
);

/** A personal Google account that may open this member, linked after proving the password. */
export const googleAccounts = pgTable(
	"google_accounts",
	{
		workspaceId: workspaceId(),
		memberId: uuid("member_id").notNull(),
		subject: text("subject").notNull(),
		email: text("email").notNull(),
		linkedAt: at("linked_at").notNull().defaultNow(),
	},
	(t) => [
		primaryKey({ name: "google_accounts_pk", columns: [t.workspaceId, t.memberId] }),
		unique("google_accounts_subject_unique").on(t.workspaceId, t.subject),
		index("google_accounts_subject").on(t.subject),
		belongsTo("google_accounts_member_fk", [t.workspaceId, t.memberId], members),
	],
);
