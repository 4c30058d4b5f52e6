/** A word that is over, not yet good, or good for ever: S17. */
import { type Attack, later, type Workshop } from "./workshop";

export function times({ now, build, replace }: Workshop): Attack[] {
	return [
		{
			id: "S17",
			name: "conditions expired",
			rule: "conditions_end",
			xml: build(replace(/(<saml:Conditions [^>]*NotOnOrAfter=")[^"]*/, `$1${later(now, -30)}`)),
		},
		{
			id: "S17",
			name: "conditions without an end",
			rule: "conditions_end",
			xml: build(replace(/(<saml:Conditions [^>]*) NotOnOrAfter="[^"]*"/, "$1")),
		},
		{
			id: "S17",
			name: "conditions with an end that is no time",
			rule: "conditions_end",
			xml: build(replace(/(<saml:Conditions [^>]*NotOnOrAfter=")[^"]*/, "$1never")),
		},
		{
			id: "S17",
			name: "conditions not begun",
			rule: "conditions_begin",
			xml: build(replace(/(<saml:Conditions [^>]*NotBefore=")[^"]*/, `$1${later(now, 30)}`)),
		},
		{
			id: "S17",
			name: "confirmation expired",
			rule: "confirmation_end",
			xml: build(
				replace(/(<saml:SubjectConfirmationData [^>]*NotOnOrAfter=")[^"]*/, `$1${later(now, -30)}`),
			),
		},
		{
			id: "S17",
			name: "confirmation without an end",
			rule: "confirmation_end",
			xml: build(replace(/(<saml:SubjectConfirmationData [^>]*) NotOnOrAfter="[^"]*"/, "$1")),
		},
		{
			id: "S17",
			name: "confirmation not begun",
			rule: "confirmation_begin",
			xml: build(
				replace(
					"<saml:SubjectConfirmationData ",
					`<saml:SubjectConfirmationData NotBefore="${later(now, 30)}" `,
				),
			),
		},
		{
			id: "S17",
			name: "a session that is over",
			rule: "session_end",
			xml: build(
				replace(
					"<saml:AuthnStatement ",
					`<saml:AuthnStatement SessionNotOnOrAfter="${later(now, -30)}" `,
				),
			),
		},
		{
			id: "S17",
			name: "nobody signed in there",
			rule: "authn_statement",
			xml: build(replace(/<saml:AuthnStatement[\s\S]*<\/saml:AuthnStatement>/, "")),
		},
	];
}
