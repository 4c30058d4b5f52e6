/** A genuine word that was not meant for us, or not for this: S11, S13 to S16 and S19. */
import type { Attack, Workshop } from "./workshop";

export function bindings({
	acsUrl,
	audience,
	entityId,
	build,
	genuine,
	replace,
	around,
}: Workshop): Attack[] {
	return [
		{
			id: "S11",
			name: "a status that is not Success",
			rule: "status",
			xml: build(around("status:Success", "status:Responder")),
		},
		{
			id: "S13",
			name: "an answer to our request, brought as one to none",
			rule: "response_request",
			xml: genuine,
			unasked: true,
		},
		{
			id: "S13",
			name: "the same with the request named in the assertion alone",
			rule: "request",
			xml: build(around(/ InResponseTo="[^"]*"/, "")),
			unasked: true,
		},
		{
			id: "S14",
			name: "no request named",
			rule: "request",
			xml: build({ requestId: null }),
		},
		{
			id: "S14",
			name: "another request named",
			rule: "response_request",
			xml: build({ requestId: "_another" }),
		},
		{
			id: "S14",
			name: "another request named in the assertion alone",
			rule: "request",
			xml: build(replace(/InResponseTo="[^"]*"/, 'InResponseTo="_another"')),
		},
		{
			id: "S15",
			name: "no audience",
			rule: "audience",
			xml: build(replace(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, "")),
		},
		{
			id: "S15",
			name: "another audience",
			rule: "audience",
			xml: build({ audience: "https://other.test" }),
		},
		{
			id: "S15",
			name: "an audience that ours is the beginning of",
			rule: "audience",
			xml: build({ audience: `${audience}.evil.test` }),
		},
		{
			id: "S16",
			name: "another Recipient",
			rule: "recipient",
			xml: build(replace(/Recipient="[^"]*"/, 'Recipient="https://other.test/acs"')),
		},
		{
			id: "S16",
			name: "no Recipient",
			rule: "recipient",
			xml: build(replace(/ Recipient="[^"]*"/, "")),
		},
		{
			id: "S16",
			name: "another Destination",
			rule: "destination",
			xml: build(around(`Destination="${acsUrl}"`, 'Destination="https://other.test/acs"')),
		},
		{
			id: "S16",
			name: "no confirmation for a bearer",
			rule: "confirmation",
			xml: build(replace("cm:bearer", "cm:sender-vouches")),
		},
		{
			id: "S19",
			name: "another provider's word in the response",
			rule: "response_issuer",
			xml: build(around(`>${entityId}<`, ">https://other.test<")),
		},
		{
			id: "S19",
			name: "another provider's word in the assertion",
			rule: "issuer",
			xml: build(replace(`>${entityId}<`, ">https://other.test<")),
		},
	];
}
