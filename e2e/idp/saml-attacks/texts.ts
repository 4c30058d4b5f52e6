/** Texts that two readers would read differently, or that cost a reader dear: S4, S6, S8 and S9. */
import type { Attack, Workshop } from "./workshop";

export function texts({ nameId, victim, build, genuine, replace }: Workshop): Attack[] {
	return [
		{
			id: "S4",
			name: "a comment inside the NameID",
			rule: "comment",
			xml: build({
				nameId: `${victim}.evil.test`,
				...replace(`${victim}.evil.test`, `${victim}<!---->.evil.test`),
			}),
		},
		{
			id: "S4",
			name: "an element inside the NameID",
			rule: "subject",
			xml: build(replace(nameId, `${victim}<b xmlns="x"/>.evil.test`)),
		},
		{
			id: "S6",
			name: "a DOCTYPE",
			rule: "doctype",
			xml: `<!DOCTYPE samlp:Response>${genuine}`,
		},
		{
			id: "S6",
			name: "a processing instruction",
			rule: "instruction",
			xml: genuine.replace("<samlp:Status>", "<?a b?><samlp:Status>"),
		},
		{
			id: "S6",
			name: "text as CDATA",
			rule: "cdata",
			xml: build(replace(nameId, `<![CDATA[${nameId}]]>`)),
		},
		{
			id: "S6",
			name: "one ID twice",
			rule: "unique_ids",
			xml: genuine.replace(
				"<samlp:Status>",
				`<samlp:Status ID="${/<saml:Assertion [^>]*ID="([^"]*)"/.exec(genuine)?.[1]}">`,
			),
		},
		{
			id: "S6",
			name: "no XML at all",
			rule: "well_formed",
			xml: genuine.replace("</samlp:Response>", ""),
		},
		{
			id: "S6",
			name: "another root",
			rule: "root",
			xml: genuine.replaceAll("samlp:Response", "samlp:ArtifactResponse"),
		},
		{
			id: "S6",
			name: "another version of SAML",
			rule: "version",
			xml: genuine.replace('Version="2.0"', 'Version="1.1"'),
		},
		{
			id: "S6",
			name: "another version of the assertion",
			rule: "assertion_version",
			xml: build(replace('Version="2.0"', 'Version="1.1"')),
		},
		{
			id: "S6",
			name: "an ID of an endless length",
			rule: "assertion_id",
			xml: build(replace(/ID="[^"]*"/, `ID="_${"a".repeat(300)}"`)),
		},
		{
			id: "S8",
			name: "an entity bomb",
			rule: "doctype",
			xml: `<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY c "${"&a;".repeat(1000)}">]>${genuine.replace(nameId, "&c;")}`,
		},
		{
			id: "S8",
			name: "an entity that names a file",
			rule: "doctype",
			xml: `<!DOCTYPE b SYSTEM "file:///etc/passwd">${genuine}`,
		},
		{
			id: "S8",
			name: "more elements than any response has",
			rule: "nodes",
			xml: genuine.replace("<samlp:Status>", `${"<a/>".repeat(6000)}<samlp:Status>`),
		},
		{
			id: "S9",
			name: "more than 256 KiB",
			rule: "size",
			xml: genuine.replace("<samlp:Status>", `${" ".repeat(300_000)}<samlp:Status>`),
		},
	];
}
