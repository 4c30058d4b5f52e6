import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	inNetworks,
	isAddress,
	isNetwork,
	isPublicAddress,
	normalAddress,
	senderOf,
} from "./addresses";

const publicOnes = [
	"1.1.1.1",
	"8.8.8.8",
	"100.63.255.255",
	"100.128.0.0",
	"172.15.255.255",
	"172.32.0.1",
	"192.167.255.255",
	"198.17.255.255",
	"198.20.0.1",
	"223.255.255.255",
	"2606:4700::1111",
	"2a00:1450:4001::1",
	"::ffff:8.8.8.8",
	"::ffff:808:808",
	"64:ff9b::8.8.8.8",
];

const specialOnes = {
	"this network": ["0.0.0.0", "0.255.255.255"],
	loopback: ["127.0.0.1", "127.255.255.254", "::1"],
	private: ["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
	"link-local": ["169.254.0.1", "169.254.169.254", "fe80::1", "febf::1", "fe80::1%eth0"],
	"carrier-grade NAT": ["100.64.0.1", "100.127.255.255"],
	"unique local": ["fc00::1", "fd12:3456::1"],
	"deprecated site-local": ["fec0::1"],
	multicast: ["224.0.0.1", "239.255.255.255", "ff02::1"],
	"reserved and broadcast": ["240.0.0.1", "255.255.255.255", "192.0.0.1", "192.88.99.1"],
	documentation: ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
	benchmarks: ["198.18.0.1", "198.19.255.255", "2001:2::1"],
	unspecified: ["::", "0.0.0.0"],
	"discard and segment routing": ["100::1", "5f00::1"],
	Teredo: ["2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
	"6to4, whatever is inside": ["2002:7f00:1::", "2002:a00:1::", "2002:808:808::"],
	"NAT64 around a special address": ["64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:1"],
	"local NAT64": ["64:ff9b:1::8.8.8.8", "64:ff9b:1::10.0.0.1"],
	"IPv4-mapped around a special address": ["::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1"],
	"IPv4-compatible": ["::127.0.0.1", "::8.8.8.8", "::a00:1"],
	"IPv4-translated": ["::ffff:0:8.8.8.8", "::ffff:0:10.0.0.1"],
	"other spellings": ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "127.0.0.1."],
	"no address": ["", "localhost", "example.com", "1.2.3", "1.2.3.4.5", "[::1]"],
};

describe("isPublicAddress", () => {
	it.each(publicOnes)("%s is public", (address) => {
		expect(isPublicAddress(address)).toBe(true);
	});

	for (const [range, addresses] of Object.entries(specialOnes))
		it.each(addresses)(`%s is not (${range})`, (address) => {
			expect(isPublicAddress(address)).toBe(false);
		});

	it("agrees about an IPv4 address and the same address mapped into IPv6 or behind NAT64", () => {
		fc.assert(
			fc.property(fc.ipV4(), (address) => {
				const inside = isPublicAddress(address);
				return (
					isPublicAddress(`::ffff:${address}`) === inside &&
					isPublicAddress(`64:ff9b::${address}`) === inside
				);
			}),
		);
	});

	it("calls nothing in 10.0.0.0/8 public, however it is wrapped", () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 0xffffff }), (rest) => {
				const address = `10.${rest >> 16}.${(rest >> 8) & 255}.${rest & 255}`;
				return ["", "::ffff:", "::", "64:ff9b::", "::ffff:0:"].every(
					(prefix) => !isPublicAddress(prefix + address),
				);
			}),
		);
	});
});

describe("inNetworks", () => {
	it("knows CIDR and single addresses of both families", () => {
		expect(inNetworks("10.2.3.4", ["10.0.0.0/8"])).toBe(true);
		expect(inNetworks("11.2.3.4", ["10.0.0.0/8"])).toBe(false);
		expect(inNetworks("::ffff:10.2.3.4", ["10.0.0.0/8"])).toBe(true);
		expect(inNetworks("fd00::1", ["10.0.0.0/8", "fd00::/8"])).toBe(true);
		expect(inNetworks("127.0.0.1", ["127.0.0.1"])).toBe(true);
		expect(inNetworks("127.0.0.2", ["127.0.0.1"])).toBe(false);
		expect(inNetworks("::1", ["::1"])).toBe(true);
		expect(inNetworks("unknown", ["0.0.0.0/0"])).toBe(false);
		expect(inNetworks("10.0.0.1", [])).toBe(false);
	});
});

it("tells addresses and networks from other texts", () => {
	expect(["10.0.0.0/8", "::1/128", "127.0.0.1"].every(isNetwork)).toBe(true);
	expect(["10.0.0.0/33", "localhost", "10/8", ""].some(isNetwork)).toBe(false);
	expect(["127.1", "0x7f.0.0.1", "1"].some(isAddress)).toBe(false);
});

it("unwraps mapped addresses and leaves zones out", () => {
	expect(normalAddress("::ffff:127.0.0.1")).toBe("127.0.0.1");
	expect(normalAddress("fe80::1%eth0")).toBe("fe80::1");
	expect(normalAddress("2001:DB8::0001")).toBe("2001:db8::1");
	expect(normalAddress("nonsense")).toBeNull();
});

it("counts a /64 of IPv6 as one sender", () => {
	expect(senderOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
	expect(senderOf("2001:db8:1:2::9")).toBe("2001:db8:1:2::/64");
	expect(senderOf("2001:db8:1:3::9")).not.toBe("2001:db8:1:2::/64");
	expect(senderOf("192.0.2.7")).toBe("192.0.2.7");
	expect(senderOf("::ffff:192.0.2.7")).toBe("192.0.2.7");
	expect(senderOf("unknown")).toBe("unknown");
});
