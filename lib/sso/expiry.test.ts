import { describe, expect, it, test } from "vitest";
import type { Connection } from "./connections";
import { daysLeft, dueReminders, type Expiry, expiryOf } from "./expiry";

const end: Expiry = { what: "secret", key: "secret 2026-12-16", at: new Date("2026-12-16") };
const ahead = (days: number, hours = 0) =>
	new Date(end.at.getTime() - days * 86_400_000 - hours * 3600_000);

describe("reminders", () => {
	test.each([
		["more than 30 days before", ahead(30, 1), []],
		["30 days before", ahead(30), [30]],
		["10 days before", ahead(10), [30]],
		["7 days before", ahead(7), [7, 30]],
		["a day before", ahead(1), [1, 7, 30]],
		["on the day", ahead(0), [1, 7, 30]],
		["a day after", ahead(-1), []],
	])("%s", (_, now, due) => {
		expect(dueReminders(end, now)).toEqual(due);
	});

	it("say whole days", () => {
		expect(daysLeft(end, ahead(7))).toBe(7);
		expect(daysLeft(end, ahead(6, 1))).toBe(7);
		expect(daysLeft(end, ahead(0))).toBe(0);
	});
});

type Of<Protocol> = Extract<Connection, { protocol: Protocol }>;

describe("what ends next", () => {
	const oidc = (secretExpiresOn: string | null) =>
		expiryOf({ protocol: "oidc", secretExpiresOn } as Of<"oidc">);
	const saml = (...certificates: string[]) =>
		expiryOf({ protocol: "saml", saml: { idp: { certificates } } } as Of<"saml">);

	it("is the client secret, where a date was noted", () => {
		expect(oidc("2026-12-16")).toEqual(end);
		expect(oidc(null)).toBeNull();
	});

	it("is the certificate that lasts longest: the others are on their way out", () => {
		expect(saml()).toBeNull();
		expect(saml(shorter)?.at).toEqual(new Date("2027-12-30T20:13:27Z"));
		for (const both of [saml(shorter, longer), saml(longer, shorter)])
			expect(both?.at).toEqual(new Date("2036-11-22T20:13:27Z"));
		expect(saml(shorter)?.key).not.toBe(saml(longer)?.key);
	});

	it("is nothing for a draft that waits for its metadata", () => {
		expect(expiryOf({ protocol: "saml", saml: { idp: null } } as Of<"saml">)).toBeNull();
	});
});

// Made for this test: the subject is idp.test, the keys were thrown away.
const shorter = `-----BEGIN CERTIFICATE-----
MIIBezCCASGgAwIBAgIUYumct0wGRN7JHVEuCqnYjXNDNsMwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIaWRwLnRlc3QwHhcNMjYxMTI1MjAxMzI3WhcNMjcxMjMwMjAx
MzI3WjATMREwDwYDVQQDDAhpZHAudGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABCZr/ZHSNNoSC2ovHOjRiu0G0CkAHg9rrK7UrNDT78/2PfxCkX3u1469SYtT
6IGXAOPndsocahxP+/ZhpOJJ+qqjUzBRMB0GA1UdDgQWBBScNQRaqsrQKCD6hptd
N4Ix4S0uzDAfBgNVHSMEGDAWgBScNQRaqsrQKCD6hptdN4Ix4S0uzDAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIGLNtguGvyZHJe6bLWrs0vw+EVwd
JZSxsQdvofT97v52AiEA4PzCGFoLuu7NtdlT3gijHV5dKQgkI1S9b1JMjeSBnZE=
-----END CERTIFICATE-----`;
const longer = `-----BEGIN CERTIFICATE-----
MIIBfDCCASGgAwIBAgIUbZS26WDBvfZKXn8P5FURQkqo9MswCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIaWRwLnRlc3QwHhcNMjYxMTI1MjAxMzI3WhcNMzYxMTIyMjAx
MzI3WjATMREwDwYDVQQDDAhpZHAudGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABGjIgyoCQNSwCjY8wzqFAPKXrEkLgDaJLIO27WTiwushvpAMUlYLW4jiPZfP
RWn8NtSjLfZNq8S7B5Dt9n/WMSajUzBRMB0GA1UdDgQWBBRbVvaN7CMzNtmzgOBq
qntdD/DvfzAfBgNVHSMEGDAWgBRbVvaN7CMzNtmzgOBqqntdD/DvfzAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDxQhw5VmOhSnKFYv9TGdvhnJgN
r0aR6ED5a427DmBFAwIhALlSdnBKz4PUiSvHbcOGZpE73MqjjvewlzFuuf887Utk
-----END CERTIFICATE-----`;
