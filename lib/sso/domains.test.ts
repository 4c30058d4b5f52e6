import { expect, test } from "vitest";
import { normalDomain } from "./domains";

test.each([
	["acme.test", "acme.test"],
	["  ACME.test. ", "acme.test"],
	["@acme.test", "acme.test"],
	["sub.acme.co.uk", "sub.acme.co.uk"],
	["bücher.example", "xn--bcher-kva.example"],
])("%j is kept as %s", (text, domain) => {
	expect(normalDomain(text)).toEqual({ ok: true, domain });
});

test.each([
	["gmail.com", "domain_public"],
	["mail.gmail.com", "domain_public"],
	["co.uk", "domain_public"],
	["github.io", "domain_public"],
	["com", "domain_malformed"],
	["192.0.2.1", "domain_malformed"],
	["acme.test/path", "domain_malformed"],
	["acme test", "domain_malformed"],
	["ada@acme.test", "domain_malformed"],
	["", "domain_malformed"],
])("%j is refused: %s", (text, reason) => {
	expect(normalDomain(text)).toEqual({ ok: false, reason });
});
