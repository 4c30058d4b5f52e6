/**
 * IP addresses: which are public, and which belong to a list of networks. Pure. Used by the
 * guarded fetch (egress) and by the reading of forwarded addresses (edge).
 */
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Whether a text is a network such as 10.0.0.0/8, or a single address. */
export function isNetwork(text: string): boolean {
	const { IPv4, IPv6 } = ipaddr;
	return IPv4.isValidCIDRFourPartDecimal(text) || IPv6.isValidCIDR(text) || isAddress(text);
}

/** Whether a text is an address in its usual spelling; 127.1, 0x7f000001 and 0177.0.0.1 are not. */
export function isAddress(text: string): boolean {
	return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}

/** The address with IPv4-in-IPv6 unwrapped and any zone left out, or null if it is not one. */
export function normalAddress(text: string): string | null {
	if (!isAddress(text)) return null;
	return ipaddr.process(text.replace(/%.*$/, "")).toString();
}

/** Whether an address lies in one of the networks (CIDR or single addresses). */
export function inNetworks(address: string, networks: readonly string[]): boolean {
	const normal = normalAddress(address);
	if (normal === null) return false;
	const parsed = ipaddr.parse(normal);
	return networks.some((text) => {
		const [network, bits] = text.includes("/")
			? ipaddr.parseCIDR(text)
			: [ipaddr.process(text), -1];
		if (network.kind() !== parsed.kind()) return false;
		return parsed.match(network, bits === -1 ? network.toByteArray().length * 8 : bits);
	});
}

/**
 * Whether an address is on the public internet. Everything special is refused: loopback, private,
 * link-local, carrier-grade NAT, unique local, multicast, reserved, documentation, benchmarks,
 * 6to4, Teredo, IPv4-compatible. IPv4-mapped and NAT64 addresses are as public as the IPv4
 * address inside them, since that is where the packet goes.
 */
export function isPublicAddress(text: string): boolean {
	// A zone (fe80::1%eth0) only makes sense on a link, so such an address is never public.
	if (!isAddress(text) || text.includes("%")) return false;
	// ipaddr.js reads the deprecated ::8.8.8.8 as ::ffff:8.8.8.8, which is another address.
	if (/^::\d+\./.test(text)) return false;
	return isPublic(ipaddr.parse(text));
}

function isPublic(address: Address): boolean {
	if (address instanceof ipaddr.IPv4) return address.range() === "unicast";
	if (address.isIPv4MappedAddress()) return isPublic(address.toIPv4Address());
	const bytes = address.toByteArray();
	if (address.match(ipaddr.IPv6.parse("64:ff9b::"), 96))
		return isPublic(new ipaddr.IPv4(bytes.slice(12)));
	// Global unicast is 2000::/3; outside of it only NAT64 and mapped addresses lead anywhere.
	const isGlobal = ((bytes[0] ?? 0) & 0xe0) === 0x20;
	return isGlobal && address.range() === "unicast";
}

/**
 * What counts as one sender when attempts are counted: an IPv4 address, or the /64 of an IPv6
 * address, since a single customer has all of it to choose from.
 */
export function senderOf(address: string): string {
	const normal = normalAddress(address);
	if (normal === null || !ipaddr.IPv6.isValid(normal)) return normal ?? "unknown";
	return `${ipaddr.IPv6.networkAddressFromCIDR(`${normal}/64`)}/64`;
}
