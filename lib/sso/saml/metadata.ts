/**
 * Reading an identity provider's SAML metadata (Metadata §2). Done when an admin saves or tests and
 * when a metadata address is read again, never at sign-in. Pure but for that one request.
 */
import type { Element } from "@xmldom/xmldom";
import type { SamlIdp } from "@/db/schema/sso";
import { type EgressResult, guardedFetch } from "@/lib/platform/egress";
import { env } from "@/lib/platform/env";
import type { Reason } from "@/lib/policy/reasons";
import { readAll } from "./certificates";
import { binding, childOf, childrenOf, isNamed, ns, parseXml, textOf } from "./xml";

export type MetadataResult =
	| { ok: true; idp: SamlIdp; nameIdFormats: string[] }
	| { ok: false; reason: Reason; received?: string };

const maxBytes = 256 * 1024;

/**
 * Asks a provider for its metadata.
 * Refused: metadata_unreachable, metadata_blocked (before any connection is made),
 *   metadata_redirected, and every reason of `readMetadata`.
 */
export async function fetchMetadata(
	address: string,
	fetch: (address: string) => Promise<EgressResult> = guardedFetch,
	allow: readonly string[] = env().EGRESS_ALLOW,
): Promise<MetadataResult> {
	const answer = await fetch(address);
	if (!answer.ok) return { ok: false, reason: reasonOf(answer.reason), received: address };
	if (answer.status !== 200)
		return { ok: false, reason: "metadata_unreachable", received: `${address} (${answer.status})` };
	return readMetadata(answer.body, allow);
}

/**
 * Reads a metadata document: one provider's entity ID, addresses and signing certificates. A key
 * without `use` counts as one for signing.
 * @param allow the operator's exceptions, as `host:port`, where http is taken.
 * Refused: metadata_too_large, metadata_certificate, metadata_malformed (a DOCTYPE too), metadata_several,
 *   metadata_no_provider (a service's own metadata), metadata_no_address, address_unsafe,
 *   certificate_missing, certificate_unreadable, key_weak.
 */
export function readMetadata(xml: string, allow: readonly string[] = []): MetadataResult {
	if (Buffer.byteLength(xml) > maxBytes) return { ok: false, reason: "metadata_too_large" };
	if (/^\s*-----BEGIN CERTIFICATE-----/.test(xml))
		return { ok: false, reason: "metadata_certificate" };
	const root = /<!(?:DOCTYPE|ENTITY)/i.test(xml) ? null : parseXml(xml.replace(/^\uFEFF/, ""));
	if (!root) return { ok: false, reason: "metadata_malformed" };
	const entities = isNamed(root, ns.metadata, "EntitiesDescriptor")
		? childrenOf(root, ns.metadata, "EntityDescriptor")
		: [root];
	if (!entities.every((entity) => isNamed(entity, ns.metadata, "EntityDescriptor")))
		return { ok: false, reason: "metadata_malformed" };
	const providers = entities.flatMap((entity) => {
		const role = childrenOf(entity, ns.metadata, "IDPSSODescriptor").find((one) =>
			(one.getAttribute("protocolSupportEnumeration") ?? "").split(/\s+/).includes(ns.protocol),
		);
		return role ? [{ entity, role }] : [];
	});
	const [found] = providers;
	if (!found) return { ok: false, reason: "metadata_no_provider" };
	if (providers.length > 1) return { ok: false, reason: "metadata_several" };
	const { entity, role } = found;
	const entityId = entity.getAttribute("entityID")?.trim() ?? "";
	if (!entityId || entityId.length > 1024) return { ok: false, reason: "metadata_malformed" };
	const sso = endpointOf(role, "SingleSignOnService");
	if (!sso) return { ok: false, reason: "metadata_no_address" };
	const slo = endpointOf(role, "SingleLogoutService");
	const addresses = [sso.url, slo?.url, slo?.responseUrl].filter((one) => typeof one === "string");
	const unsafe = addresses.find((one) => !isSafeAddress(one, allow));
	if (unsafe !== undefined)
		return { ok: false, reason: "address_unsafe", received: unsafe.slice(0, 200) };
	const read = readAll(signingKeysOf(role));
	if (!read.ok) return read;
	return {
		ok: true,
		idp: {
			entityId,
			ssoUrl: sso.url,
			ssoBinding: sso.binding,
			sloUrl: slo?.url ?? null,
			sloResponseUrl: slo?.responseUrl ?? null,
			sloBinding: slo?.binding ?? "redirect",
			certificates: read.certificates,
		},
		nameIdFormats: childrenOf(role, ns.metadata, "NameIDFormat").flatMap(
			(format) => textOf(format)?.trim() || [],
		),
	};
}

/** The first endpoint of a binding we speak; a redirect where there is one. */
function endpointOf(role: Element, name: string) {
	const all = childrenOf(role, ns.metadata, name);
	for (const kind of ["redirect", "post"] as const) {
		const one = all.find((element) => element.getAttribute("Binding") === binding[kind]);
		if (one)
			return {
				url: one.getAttribute("Location")?.trim() ?? "",
				/** Where answers go, if elsewhere (Metadata §2.2.2). */
				responseUrl: one.getAttribute("ResponseLocation")?.trim() || null,
				binding: kind,
			};
	}
	return null;
}

/**
 * Whether a browser may be sent there: https, or http where the operator named the very host and
 * port. Anything else, such as javascript:, would be run in our own page.
 */
export function isSafeAddress(address: string, allow: readonly string[]): boolean {
	const url = URL.canParse(address) ? new URL(address) : null;
	if (!url || url.username || url.password || address.length > 2000) return false;
	if (url.protocol === "https:") return true;
	return url.protocol === "http:" && allow.includes(`${url.hostname}:${url.port || 80}`);
}

function signingKeysOf(role: Element): string[] {
	return childrenOf(role, ns.metadata, "KeyDescriptor")
		.filter((key) => (key.getAttribute("use") || "signing") === "signing")
		.flatMap((key) => {
			const info = childOf(key, ns.signature, "KeyInfo");
			const data = info ? childrenOf(info, ns.signature, "X509Data") : [];
			return data.flatMap((one) => childrenOf(one, ns.signature, "X509Certificate"));
		})
		.map((certificate) => textOf(certificate) ?? "");
}

function reasonOf(reason: (EgressResult & { ok: false })["reason"]): Reason {
	switch (reason) {
		case "url_invalid":
		case "https_required":
		case "address_not_public":
			return "metadata_blocked";
		case "redirected":
			return "metadata_redirected";
		case "too_large":
			return "metadata_too_large";
		case "name_not_found":
		case "unreachable":
		case "tls_failed":
		case "timed_out":
			return "metadata_unreachable";
	}
}
