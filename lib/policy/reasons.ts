/**
 * Every reason a sign-in or a change can be refused, and who can remedy it. The page, the trace and
 * the docs are made from this table; the texts are in messages/en/reasons.json, three for a reason:
 * what the person reads, why (for the admin), and what to do.
 */
export type Remedy = "person" | "admin" | "provider admin" | "operator";

const person = { remedy: "person" } as const;
const admin = { remedy: "admin" } as const;
const provider = { remedy: "provider admin" } as const;
const operator = { remedy: "operator" } as const;

export const reasons = {
	// Decided by admit: is this way in open
	plan_needed: admin,
	connection_off: admin,
	connection_paused: admin,
	connection_changed: person,
	start_here: person,
	sso_required: person,
	google_off: person,
	google_not_linked: person,
	password_replaced: person,
	recovery_for_admins: person,

	// Decided by admit: is this the right person
	attribute_missing: provider,
	domain_not_allowed: admin,
	email_not_verified: provider,
	domain_not_verified: admin,
	domain_elsewhere: admin,
	unknown_person: admin,
	several_people_match: admin,
	invitation_other_email: person,
	follow_invitation: person,
	admin_must_prove: person,
	other_person: person,
	removed_by_directory: provider,
	not_in_directory: provider,
	not_active_in_directory: provider,
	suspended: admin,
	no_role: admin,

	// Credentials
	wrong_password: person,
	recovery_code_wrong: person,
	link_expired: person,
	google_taken: person,
	no_other_way_in: person,
	throttled: person,
	current_password_wrong: person,
	no_password: person,
	password_too_short: person,
	password_too_short_with_factor: person,
	password_too_long: person,
	password_common: person,
	password_personal: person,

	// The second factor
	code_wrong: person,
	passkey_refused: person,
	challenge_over: person,
	factor_exists: person,
	factor_off: admin,
	factor_required: admin,
	password_too_short_alone: person,
	email_not_proved: admin,

	// The sign-in transaction
	state_unknown: person,
	initiation_refused: admin,
	other_browser: person,
	transaction_expired: person,
	answer_used: person,
	ticket_used: person,
	signed_in_as_other: person,
	sign_out_unconfirmed: provider,

	// What the provider answered
	provider_denied: provider,
	provider_error: provider,
	provider_unreachable: provider,
	provider_blocked: operator,
	token_refused: admin,
	token_malformed: provider,
	signature_invalid: provider,
	nonce_differs: person,
	issuer_differs: admin,
	audience_differs: admin,
	clock: operator,
	subject_missing: provider,
	hosted_domain_differs: person,
	hosted_domain_missing: person,
	google_client_missing: operator,
	saml_too_large: provider,
	saml_malformed: provider,
	saml_encryption: admin,
	saml_not_encrypted: provider,
	signature_missing: provider,
	signature_weak: provider,
	recipient_differs: admin,
	request_differs: person,
	name_id_transient: provider,
	subject_differs: provider,

	// Reading the provider's settings
	issuer_malformed: admin,
	issuer_shared: admin,
	discovery_unreachable: admin,
	discovery_blocked: operator,
	discovery_redirected: admin,
	discovery_too_large: provider,
	discovery_malformed: provider,
	discovery_incomplete: provider,
	discovery_issuer_differs: admin,
	secret_missing: admin,
	google_account_first: admin,
	metadata_missing: admin,
	metadata_unreachable: admin,
	metadata_blocked: operator,
	metadata_redirected: admin,
	metadata_too_large: provider,
	metadata_malformed: admin,
	metadata_certificate: admin,
	metadata_no_provider: admin,
	metadata_several: admin,
	metadata_no_address: provider,
	address_unsafe: admin,
	certificate_missing: admin,
	certificate_unreadable: admin,
	key_weak: provider,
	save_first: admin,

	// Changes
	policy_moved: admin,
	stale: admin,
	pinned: operator,
	not_permitted: admin,
	needs_fresh_sign_in: person,
	last_admin: admin,
	needs_connection: admin,
	needs_active_connection: admin,
	needs_saml_connection: admin,
	needs_passed_test: admin,
	needs_recovery_codes: admin,
	needs_verified_domain: admin,
	needs_directory: admin,
	needs_active_people: admin,
	needs_groups: admin,
	needs_role_values: admin,
	provisioning_required: admin,
	two_factor_conflict: admin,
	no_passwords: admin,
	mappings_in_use: admin,
	managed_by_directory: provider,
	email_missing: admin,
	password_mail_blocked: admin,
	role_unknown: admin,
	role_above_own: admin,
	role_built_in: admin,
	role_name_taken: admin,
	role_rank_taken: admin,
	group_name_taken: admin,
	member_outranks: admin,
	own_email: person,
	already_invited: admin,
	email_taken: admin,
	domain_public: admin,
	domain_record_missing: admin,
	domain_record_differs: admin,
	dns_unreachable: operator,
	domains_too_many: admin,
	domain_malformed: admin,
	email_malformed: person,
	malformed: person,
	suspended_by_admin: admin,
} as const satisfies Record<string, { remedy: Remedy }>;

export type Reason = keyof typeof reasons;

/** Every reason, in the order of the table. */
export const reasonCodes = Object.keys(reasons) as Reason[];

/** Whether a stored or foreign text is one of the reasons. */
export function isReason(text: string): text is Reason {
	return Object.hasOwn(reasons, text);
}

/** What fills the texts of a reason; a value that is not known is given as an empty string. */
export type ReasonValues = Record<
	"provider" | "workspace" | "email" | "domain" | "expected" | "received",
	string
>;
