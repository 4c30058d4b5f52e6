/**
 * What an admin enters for a connection. Pure: the form and the server read it the same way. A
 * secret may be blank where one is stored already, and is otherwise needed. A SAML draft may come
 * without anything of its provider, so that its own addresses can be copied there first.
 */
import { z } from "zod";
import type { ClaimMapping } from "@/db/schema/sso";

const address = z
	.string()
	.trim()
	.max(500, "too_long")
	.refine((text) => URL.canParse(text) && /^https?:/i.test(text), "not_a_url");

const optionalAddress = z.union([z.literal(""), address]).default("");

const claimName = z.string().trim().max(256, "too_long").default("");

/** A domain's form alone; whether it may be somebody's own is decided when it is added. */
const domainName = z
	.string()
	.trim()
	.toLowerCase()
	.max(253, "too_long")
	.regex(/^$|^@?[^\s/@:?#\\]+\.[^\s/@:?#\\]+$/, "not_a_domain")
	.optional();

const named = {
	name: z.string().trim().min(1, "required").max(64, "too_long"),
	provider: z.string().regex(/^[a-z0-9-]{1,32}$/),
	/** Names of claims or attributes; blank reads those that providers usually send. */
	claimMapping: z
		.object({
			email: claimName,
			name: claimName,
			givenName: claimName,
			familyName: claimName,
			subject: claimName,
		})
		.prefault({}),
};

const oidcSchema = z.object({
	protocol: z.literal("oidc"),
	...named,
	/** Blank reads it from the document at the Discovery Endpoint. */
	issuer: z.union([z.literal(""), address]),
	clientId: z.string().trim().min(1, "required").max(500, "too_long"),
	/** Blank keeps the stored secret. */
	clientSecret: z.string().trim().max(1000, "too_long"),
	secretExpiresOn: z.union([z.literal(""), z.iso.date("not_a_date")]),
	discoveryEndpoint: z.union([z.literal(""), address]),
	/** One more domain of the workspace, to be proved. */
	emailDomain: domainName,
	/** Google alone: the Workspace domain (`hd`) an account must belong to. */
	hostedDomain: domainName,
	/** Separated by spaces. Blank asks for the usual ones. */
	scopes: z
		.string()
		.trim()
		.max(500, "too_long")
		.regex(/^[\x21\x23-\x5b\x5d-\x7e ]*$/, "not_scopes")
		.default(""),
});

const samlSchema = z.object({
	protocol: z.literal("saml"),
	...named,
	/**
	 * Where the provider's side is read from; the fields of the others are ignored. `none` keeps what
	 * is stored, `later` an address that need not answer yet.
	 */
	source: z.enum(["none", "later", "url", "xml", "hand"]),
	metadataUrl: optionalAddress,
	/** Read with its own limits, see ./saml/metadata. */
	metadataXml: z.string().trim().max(300_000, "too_long").default(""),
	entityId: z.string().trim().max(1024, "too_long").default(""),
	ssoUrl: optionalAddress,
	ssoBinding: z.enum(["redirect", "post"]).default("redirect"),
	sloUrl: optionalAddress,
	/** One or several, in PEM or as the base64 of a metadata file. */
	certificates: z.string().trim().max(60_000, "too_long").default(""),
	/** Blank leaves the format to the provider. */
	nameIdFormat: z.enum(["", "email", "persistent", "unspecified"]).default(""),
	idpInitiated: z.enum(["accept", "page"]).default("page"),
	signRequests: z.boolean().default(false),
	wantEncrypted: z.boolean().default(false),
});

const draftSchema = z.discriminatedUnion("protocol", [oidcSchema, samlSchema]);

/**
 * Google by the deployment's client: the account that an admin signs in with says the rest. Claims
 * are Google's own, so there is nothing to map.
 */
const sharedSchema = z
	.object({
		protocol: z.literal("oidc"),
		client: z.literal("deployment"),
		name: named.name,
		/** What an account fixed before. Blank: the one that this member tested with last. */
		hostedDomain: domainName,
	})
	.transform(
		({ name, hostedDomain }): OidcDraft => ({
			...blankOidc,
			client: "deployment",
			name,
			provider: "google",
			hostedDomain,
		}),
	);

const blankOidc = {
	protocol: "oidc",
	issuer: "",
	clientId: "",
	clientSecret: "",
	secretExpiresOn: "",
	discoveryEndpoint: "",
	emailDomain: "",
	scopes: "",
	claimMapping: { email: "", name: "", givenName: "", familyName: "", subject: "" },
} as const;

export type OidcDraft = z.infer<typeof oidcSchema> & {
	/** In place of a client of the workspace's own. */
	client?: "deployment" | undefined;
};
export type SamlDraft = z.infer<typeof samlSchema>;
export type Draft = OidcDraft | SamlDraft;
export type DraftField = keyof OidcDraft | keyof SamlDraft;
/** One problem a field. The codes have texts in messages/en/connection.json. */
export type DraftProblems = Partial<Record<DraftField, string>>;

/** The fields of each source, those that it cannot do without first. */
const sourced = {
	none: { needed: [], others: [] },
	later: { needed: [], others: ["metadataUrl"] },
	url: { needed: ["metadataUrl"], others: [] },
	xml: { needed: ["metadataXml"], others: [] },
	hand: { needed: ["entityId", "ssoUrl", "certificates"], others: ["ssoBinding", "sloUrl"] },
} as const satisfies Record<
	SamlDraft["source"],
	Record<"needed" | "others", readonly (keyof SamlDraft)[]>
>;

/** Without what was typed for another source: nobody sees it, so it must not be wrong either. */
function ofItsSource(input: unknown): unknown {
	if (typeof input !== "object" || input === null || !("source" in input)) return input;
	const own = sourced[input.source as SamlDraft["source"]];
	if (!own) return input;
	const kept = new Set<string>([...own.needed, ...own.others]);
	const all = Object.values(sourced).flatMap(({ needed, others }) => [...needed, ...others]);
	const left = all.filter((field) => !kept.has(field)).map((field) => [field, undefined]);
	return { ...input, ...Object.fromEntries(left) };
}

const isShared = (input: unknown) =>
	typeof input === "object" && input !== null && "client" in input && input.client === "deployment";

/** Reads what a form sent. @returns the draft, or the first problem of each field. */
export function parseDraft(
	input: unknown,
): { ok: true; draft: Draft } | { ok: false; problems: DraftProblems } {
	const parsed = isShared(input)
		? sharedSchema.safeParse(input)
		: draftSchema.safeParse(ofItsSource(input));
	if (parsed.success) {
		const draft: Draft = parsed.data;
		if (draft.protocol === "oidc" && draft.client) return { ok: true, draft };
		if (draft.protocol === "oidc" && !draft.issuer && !draft.discoveryEndpoint)
			return { ok: false, problems: { issuer: "required" } };
		if (draft.protocol === "saml") {
			const blank = sourced[draft.source].needed.filter((field) => !draft[field]);
			if (blank.length > 0)
				return {
					ok: false,
					problems: Object.fromEntries(blank.map((field) => [field, "required"])),
				};
		}
		return { ok: true, draft };
	}
	const problems: DraftProblems = {};
	for (const issue of parsed.error.issues) {
		const field = issue.path[0] as DraftField;
		problems[field] ??= issue.message;
	}
	return { ok: false, problems };
}

/** A stored mapping as the fields of a form show it. */
export function mappingFields(mapping: ClaimMapping | null): Draft["claimMapping"] {
	return {
		email: mapping?.email ?? "",
		name: mapping?.name ?? "",
		givenName: mapping?.givenName ?? "",
		familyName: mapping?.familyName ?? "",
		subject: mapping?.subject ?? "",
	};
}
