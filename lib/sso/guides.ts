/**
 * Guides: what an admin does at the identity provider, in its own words, step by step. Each is data,
 * one file a provider and protocol in messages/en/guides, shown beside the form and written into
 * docs/providers. Here is their form, and which steps the facts show as done. Pure.
 */
import { z } from "zod";

/** Our values that a provider is given. A guide says under which name. */
const ourValues = [
	"redirectUri",
	"loginUrl",
	/** Once the connection is saved: it leads straight to its provider. */
	"initiateUrl",
	"acsUrl",
	/** The ACS URL as a regular expression, which OneLogin wants beside it. */
	"acsUrlPattern",
	"entityId",
	"metadataUrl",
	"scimUrl",
	"scimUrlOfWorkspace",
	"scimUnique",
] as const;

export type OurValue = (typeof ourValues)[number];

/** What can show that a step was done, beside having copied its values. */
const milestones = [
	"secret",
	"credentials",
	"issuer",
	"certificate",
	"metadata",
	"tested",
	"active",
	/** The directory has called, and has sent somebody. */
	"called",
	"people",
] as const;

/** Something that has happened, by which steps tick themselves. */
export type GuideFact = (typeof milestones)[number] | `copied:${OurValue}`;

export type GuideProtocol = "oidc" | "saml" | "scim";

/** A sentence or two: **the provider's words**, `values`, *names* and [links](https://…). */
const words = z.string().min(1);

const stepSchema = z.strictObject({
	title: z.string().min(1).max(60),
	text: words,
	values: z
		.array(
			z.strictObject({
				of: z.enum(ourValues),
				/** What the provider calls it. */
				label: z.string().min(1),
				optional: z.literal(true).optional(),
			}),
		)
		.optional(),
	until: z.enum(milestones).optional(),
});

export const guideSchema = z.strictObject({
	/** When somebody last compared it with published guides of the provider. */
	checkedOn: z.iso.date(),
	/** Where the steps are done: "In the Okta Admin Console". */
	console: z.string().min(1),
	/** What to consider before taking this protocol at all. */
	advice: words.optional(),
	/** Nobody has tried this provider and protocol with us. */
	untested: z.literal(true).optional(),
	/** What one must have there before beginning. */
	needs: z.array(words).min(1),
	/** What to bring back, and where it is. */
	bring: z.array(z.strictObject({ field: z.string(), label: z.string(), where: words })).min(1),
	steps: z.array(stepSchema).min(3),
	/** What is left to do where the deployment has a client there, instead of making one. */
	withoutClient: z
		.strictObject({
			console: z.string().min(1),
			needs: z.array(words).min(1),
			steps: z.array(stepSchema).min(1),
			trouble: z.array(z.strictObject({ says: words, cause: words })),
		})
		.optional(),
	/** SAML attributes to release: their name, what they are made from, what they mean. */
	release: z.array(z.strictObject({ name: z.string(), from: z.string(), means: words })),
	/** What one reads when it fails, and the usual cause. */
	trouble: z.array(z.strictObject({ says: words, cause: words })),
	good: z.array(words),
	links: z.array(z.strictObject({ label: z.string(), url: z.url({ protocol: /^https$/ }) })),
});

export type Guide = z.infer<typeof guideSchema>;
export type GuideStep = Guide["steps"][number];

/** A guide as it is with the deployment's client: nothing is exchanged. */
export function withoutClient(guide: Guide): Guide {
	return guide.withoutClient ? { ...guide, ...guide.withoutClient, bring: [] } : guide;
}

/**
 * How many steps are done. Facts come in order: where a later step is seen to be done, those before
 * it were, even if nothing else shows it.
 */
export function stepsDone(
	steps: readonly Pick<GuideStep, "values" | "until">[],
	facts: ReadonlySet<GuideFact>,
): number {
	const isReached = ({ values, until }: Pick<GuideStep, "values" | "until">) => {
		if (until) return facts.has(until);
		const needed = values?.filter(({ optional }) => !optional) ?? [];
		return needed.length > 0 && needed.every(({ of }) => facts.has(`copied:${of}`));
	};
	return steps.findLastIndex(isReached) + 1;
}

export type Piece =
	| { kind: "text" | "bold" | "italic" | "code"; text: string }
	| { kind: "link"; text: string; url: string };

/** Cuts a sentence at its marks. What is not marked is text. */
export function pieces(sentence: string): Piece[] {
	const marks = /\*\*([^*]+)\*\*|\*([^*]+)\*|`([^`]+)`|\[([^\]]+)\]\((https:[^)\s]+)\)/g;
	const found: Piece[] = [];
	let at = 0;
	for (const match of sentence.matchAll(marks)) {
		const [whole, bold, italic, code, link, url] = match;
		if (match.index > at) found.push({ kind: "text", text: sentence.slice(at, match.index) });
		if (bold) found.push({ kind: "bold", text: bold });
		else if (italic) found.push({ kind: "italic", text: italic });
		else if (code) found.push({ kind: "code", text: code });
		else if (link && url) found.push({ kind: "link", text: link, url });
		at = match.index + whole.length;
	}
	if (at < sentence.length) found.push({ kind: "text", text: sentence.slice(at) });
	return found;
}
