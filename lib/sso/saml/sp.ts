/**
 * Our side of SAML: what an admin copies into the provider, and our metadata. Entity ID and ACS
 * address are of one connection, so that two workspaces at one provider do not meet, and no answer
 * can be carried from one to the other. Our keys are in ./service-keys. Pure.
 */
import { env } from "@/lib/platform/env";
import { base64Of } from "./certificates";
import type { ServiceKeys } from "./service-keys";
import { binding, escapeXml, ns } from "./xml";

/** What an admin copies into the provider for one connection. */
export function serviceAddresses(connectionId: string) {
	const at = (what: string) => `${env().PUBLIC_URL}/api/sso/${what}/${connectionId}`;
	return {
		/** Our entity ID, which is also where our metadata is: the usual way. */
		entityId: at("metadata"),
		acsUrl: at("acs"),
		/** Where the provider tells of sign-outs, and answers ours. */
		sloUrl: at("slo"),
		metadataUrl: at("metadata"),
		certificateUrl: at("certificate"),
	};
}

/**
 * Our metadata for one connection (Metadata §2.4.4). While one certificate replaces another, both are
 * for signing, so that providers know the new one before it is used; the new one alone is to be
 * encrypted to, because many providers take any one of several, and both can be opened here.
 */
export function serviceMetadata(
	connectionId: string,
	{ current, next }: ServiceKeys,
	{ signRequests, nameIdFormat }: { signRequests: boolean; nameIdFormat: string | null },
): string {
	const { entityId, acsUrl, sloUrl } = serviceAddresses(connectionId);
	const logout = (["redirect", "post"] as const).map(
		(one) => `<md:SingleLogoutService Binding="${binding[one]}" Location="${escapeXml(sloUrl)}"/>`,
	);
	const key = (use: string, { certificate }: { certificate: string }) =>
		`<md:KeyDescriptor use="${use}"><ds:KeyInfo xmlns:ds="${ns.signature}"><ds:X509Data>` +
		`<ds:X509Certificate>${base64Of(certificate)}</ds:X509Certificate>` +
		"</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>";
	const keys = [
		key("signing", current),
		...(next ? [key("signing", next)] : []),
		key("encryption", next ?? current),
	];
	const format = nameIdFormat
		? `<md:NameIDFormat>${escapeXml(nameIdFormat)}</md:NameIDFormat>`
		: "";
	return (
		`<?xml version="1.0" encoding="UTF-8"?>\n` +
		`<md:EntityDescriptor xmlns:md="${ns.metadata}" entityID="${escapeXml(entityId)}">` +
		`<md:SPSSODescriptor AuthnRequestsSigned="${signRequests}" WantAssertionsSigned="true" ` +
		`protocolSupportEnumeration="${ns.protocol}">${keys.join("")}` +
		`${logout.join("")}${format}` +
		`<md:AssertionConsumerService Binding="${binding.post}" Location="${escapeXml(acsUrl)}" ` +
		`index="0" isDefault="true"/></md:SPSSODescriptor></md:EntityDescriptor>\n`
	);
}
