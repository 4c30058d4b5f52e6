/** Writes the guides of messages/en/guides into docs/providers, a page a provider. */
import { readFileSync, writeFileSync } from "node:fs";
import { readGuide } from "@/lib/sso/guide-files";
import type { Guide, GuideProtocol } from "@/lib/sso/guides";
import { offered, type Provider } from "@/lib/sso/providers";

const words: {
	scopesText: string;
	claimsText: string;
	attributesNote: string;
	ours: Record<string, string>;
} = JSON.parse(readFileSync("messages/en/guide.json", "utf8"));

const made = "<!-- Made from messages/en/guides by: npx tsx scripts/provider-pages.ts -->";

const headings: Record<GuideProtocol, string> = {
	oidc: "Single sign-on with OpenID Connect",
	saml: "Single sign-on with SAML 2.0",
	scim: "Directory sync with SCIM",
};

const list = (items: readonly string[]) => items.map((item) => `- ${item}`).join("\n");

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const cell = (text: string) => text.replaceAll("|", "\\|");
	return [head, head.map(() => "---"), ...rows]
		.map((row) => `| ${row.map(cell).join(" | ")} |`)
		.join("\n");
}

const quoted = (name: string) => (name.includes("`") ? name : `\`${name}\``);

const byOwn =
	"Where the operator has configured none, or you would rather have one of your own (**Use a client of your own instead**), go on here:";

function steps(guide: Pick<Guide, "steps">): string {
	return guide.steps
		.map(({ title, text, values }, index) => {
			const given = (values ?? []).map(
				({ of, label, optional }) =>
					`   - **${label}**${optional ? " (optional)" : ""}: our ${words.ours[of]}`,
			);
			return [`${index + 1}. *${title}.* ${text}`, ...given].join("\n");
		})
		.join("\n");
}

function released(guide: Guide, protocol: GuideProtocol): string[] {
	if (protocol === "scim") return [];
	if (protocol === "oidc")
		return ["### Scopes and claims", `Scopes: ${words.scopesText}`, `Claims: ${words.claimsText}`];
	return [
		"### Attributes to release",
		table(
			["Attribute", "From", "Meaning"],
			guide.release.map(({ name, from, means }) => [quoted(name), from, means]),
		),
		words.attributesNote,
	];
}

async function section(provider: Provider, protocol: GuideProtocol): Promise<string[]> {
	const guide = await readGuide(provider.key, protocol);
	const open =
		protocol === "scim"
			? "In Gatehouse: **SSO > Directory Sync**. Keep the page open."
			: `In Gatehouse: **SSO > ${provider.name}**. Keep the form open; what you typed stays.`;
	const { advice, untested, needs, bring, trouble, good, links } = guide;
	return [
		`## ${headings[protocol]}`,
		...(advice ? [advice] : []),
		...(untested
			? ["Nobody has tried this combination yet. It should work; the test will tell."]
			: []),
		"You need:",
		list(needs),
		open,
		...(guide.withoutClient
			? ["### With the Google client of this installation", steps(guide.withoutClient), byOwn]
			: []),
		`### ${guide.console}`,
		steps(guide),
		"### What to bring",
		table(
			["Gatehouse", `Where it is in ${provider.name}`],
			bring.map(({ label, where }) => [`**${label}**`, where]),
		),
		...released(guide, protocol),
		...(protocol === "scim"
			? []
			: [
					"Then **Test sign-in** and **Save**, and turn the connection on: see [Set up single sign-on](../tasks/set-up-sso.md).",
				]),
		...(trouble.length > 0
			? [
					"### If it fails",
					table(
						["You read", "Usually"],
						trouble.map(({ says, cause }) => [says, cause]),
					),
				]
			: []),
		...(good.length + links.length > 0
			? [
					"### Good to know",
					list([...good, ...links.map(({ label, url }) => `[${label}](${url})`)]),
				]
			: []),
		`Last checked against published guides on ${guide.checkedOn}.`,
	];
}

const protocolsOf = ({ speaks, scim }: Provider): GuideProtocol[] => [
	...speaks,
	...(scim ? (["scim"] as const) : []),
];

/** Where a provider's page is. */
const pathOf = ({ key }: Provider) =>
	`docs/providers/${key === "oidc" || key === "saml" ? `generic-${key}` : key}.md`;

async function page(provider: Provider): Promise<string> {
	const sections = await Promise.all(protocolsOf(provider).map((it) => section(provider, it)));
	const lead =
		provider.key === "oidc" || provider.key === "saml"
			? `For a provider that has no page of its own here. Beside [Set up single sign-on](../tasks/set-up-sso.md).`
			: `What to do in ${provider.name}, in its own words, beside [Set up single sign-on](../tasks/set-up-sso.md). Consoles rename their screens now and then; the form shows the same steps with your workspace's values filled in.`;
	return `${[`# ${provider.name}`, made, lead, ...sections.flat()].join("\n\n")}\n`;
}

/** A column each protocol that any of them can be connected by. */
const columns = (["oidc", "saml"] as const).filter((protocol) =>
	offered.some(({ speaks }) => speaks.includes(protocol)),
);

const protocolNames = { oidc: "OpenID Connect", saml: "SAML 2.0" };

/** The table of providers: what each speaks here, and what was tried. */
async function overview(): Promise<string> {
	const rows = await Promise.all(
		offered.map(async (provider) => {
			const said = await Promise.all(
				columns.map(async (protocol) => {
					if (!provider.speaks.includes(protocol)) return "–";
					const guide = await readGuide(provider.key, protocol);
					if (guide.untested) return "not tried yet";
					return guide.advice ? "yes; OpenID Connect is the shorter way" : "yes";
				}),
			);
			const name = pathOf(provider).replace("docs/providers/", "");
			return [`[${provider.name}](${name})`, ...said, provider.scim ? "yes" : "–"];
		}),
	);
	return `${[
		"# Identity providers",
		made,
		"Each page has the steps in the provider's own words. Whatever else speaks one of these protocols works, with the generic pages.",
		table(
			["Provider", ...columns.map((protocol) => protocolNames[protocol]), "Directory sync (SCIM)"],
			rows,
		),
	].join("\n\n")}\n`;
}

/** Every page as it should be now, by path. */
export async function providerPages(): Promise<Map<string, string>> {
	const pages = await Promise.all(
		offered.map(async (provider) => [pathOf(provider), await page(provider)] as const),
	);
	return new Map([["docs/providers/README.md", await overview()], ...pages]);
}

if (import.meta.filename === process.argv[1])
	for (const [path, text] of await providerPages()) writeFileSync(path, text);
