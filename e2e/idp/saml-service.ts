/** An application as a SAML provider sees it: what its own metadata says. */
import { X509Certificate } from "node:crypto";
import { pemOf } from "@/lib/sso/saml/certificates";
import { childOf, childrenOf, ns, parseXml, textOf } from "@/lib/sso/saml/xml";

export type Service = {
	entityId: string;
	acsUrl: string;
	sloUrl: string | null;
	signsRequests: boolean;
	/** For its requests and for encrypting to it, in PEM. */
	certificate: string;
	publicKey: string;
};

/** Reads the metadata that is at an entity ID, each time anew. @throws where it is none. */
export async function readService(entityId: string): Promise<Service> {
	const answer = await fetch(entityId, { redirect: "error" });
	const root = answer.ok ? parseXml(await answer.text()) : null;
	const role = root && childOf(root, ns.metadata, "SPSSODescriptor");
	const acs = role && childOf(role, ns.metadata, "AssertionConsumerService");
	const acsUrl = acs?.getAttribute("Location");
	if (root?.getAttribute("entityID") !== entityId || !role || !acsUrl)
		throw new Error(`${entityId} has no metadata of an application`);
	const [key] = childrenOf(role, ns.metadata, "KeyDescriptor");
	const info = key && childOf(key, ns.signature, "KeyInfo");
	const data = info && childOf(info, ns.signature, "X509Data");
	const certificate = pemOf(
		textOf(data ? childOf(data, ns.signature, "X509Certificate") : null) ?? "",
	);
	const { publicKey } = new X509Certificate(certificate);
	return {
		entityId,
		acsUrl,
		sloUrl: childOf(role, ns.metadata, "SingleLogoutService")?.getAttribute("Location") ?? null,
		signsRequests: role.getAttribute("AuthnRequestsSigned") === "true",
		certificate,
		publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
	};
}
