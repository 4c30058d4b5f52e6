/** Who is in the demo. The admin is a member from the start; the others only at the provider. */
export const people = [
	{ email: "admin@acme.test", givenName: "Ines", familyName: "Moreau" },
	{ email: "aiko.tanaka@acme.test", givenName: "Aiko", familyName: "Tanaka" },
	{ email: "jonas.weber@partner.test", givenName: "Jonas", familyName: "Weber" },
] as const;
