/** Sign-ins as the large providers answer them, through gate, engine and mapping to a member. */
import { X509Certificate } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { getSamlResponse } from "samlp";
import { beforeAll, describe, expect, test } from "vitest";
import type { Db } from "@/db/client";
import { identities, members } from "@/db/schema";
import { freshDb } from "@/db/testing";
import { samlShapes } from "@/e2e/idp/saml-shapes";
import { ask, post, type SamlWorld, samlWorld, signInBySaml } from "@/e2e/idp/saml-world";
import { finishSignIn } from "../finish";
import { newestOf, serviceKeys } from "./service-keys";
import { serviceAddresses } from "./sp";

let db: Db;
let world: SamlWorld;
let people = 0;
beforeAll(async () => {
	db = await freshDb();
	world = await samlWorld(db);
});

/** Somebody whom nobody has seen yet. */
const aPerson = () => {
	people++;
	return {
		email: `ada.${people}@acme.test`,
		givenName: "Ada",
		familyName: "Lovelace",
		id: `00u${people}`,
	};
};

const memberOf = async (email: string) => {
	const { id } = world.workspace;
	const [member] = await db
		.select()
		.from(members)
		.where(and(eq(members.workspaceId, id), eq(members.email, email)));
	return member;
};

const subjectsOf = async (memberId: string) => {
	const rows = await db.select().from(identities).where(eq(identities.memberId, memberId));
	return rows.map(({ subject }) => subject);
};

describe("a response as", () => {
	test.each(samlShapes)("$provider sends it: $what", async ({ parts, encrypts }) => {
		const person = aPerson();
		const shaped = parts(person);
		const { certificate } = newestOf(await serviceKeys(db));
		const encryption = encrypts ? { encryptTo: certificate } : {};
		for (const time of ["first", "again"])
			expect(await signInBySaml(world, { ...shaped, ...encryption }), time).toMatchObject({
				ok: true,
				kind: "session",
			});
		const member = await memberOf(person.email);
		expect(member?.name).toBe("Ada Lovelace");
		expect(await subjectsOf(member?.id ?? "")).toEqual([shaped.nameId]);
	});
});

describe("a response by samlp, Auth0's own", () => {
	const kinds: [what: string, options: Record<string, unknown>][] = [
		["signed in its assertion", {}],
		["signed as a whole", { signAssertion: false, signResponse: true }],
		["signed in both places", { signResponse: true }],
		[
			"with a prefix and untyped values",
			{ signatureNamespacePrefix: "ds", typedAttributes: false },
		],
		["encrypted", { encrypted: true }],
		["encrypted, and signed as a whole too", { encrypted: true, signResponse: true }],
	];
	test.each(kinds)("%s", async (_, { encrypted, ...options }) => {
		const person = aPerson();
		const asked = await ask(world);
		const { acsUrl, entityId } = serviceAddresses(world.connection.id);
		const { certificate } = newestOf(await serviceKeys(db));
		const encryption = encrypted
			? { encryptionCert: certificate, encryptionPublicKey: publicKeyOf(certificate) }
			: {};
		const xml = await new Promise<string>((resolve, reject) => {
			getSamlResponse(
				{
					issuer: world.entityId,
					cert: world.keys.certificate,
					key: world.keys.privateKey,
					signatureAlgorithm: "rsa-sha256",
					digestAlgorithm: "sha256",
					audience: entityId,
					destination: acsUrl,
					recipient: acsUrl,
					inResponseTo: asked.requestId,
					lifetimeInSeconds: 300,
					nameIdentifierFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
					...options,
					...encryption,
				},
				{
					id: `auth0|${person.id}`,
					emails: [{ value: person.email }],
					displayName: "Ada Lovelace",
					name: person,
				},
				(error, response) => (response ? resolve(response) : reject(error)),
			);
		});
		const accepted = await post(world, xml, asked.state, asked.browser);
		if (!accepted.ok) throw new Error(accepted.reason);
		expect(await finishSignIn(db, accepted.ticket, asked.browser, false, new Date())).toMatchObject(
			{ ok: true, kind: "session" },
		);
		const member = await memberOf(person.email);
		expect(member?.name).toBe("Ada Lovelace");
		expect(await subjectsOf(member?.id ?? "")).toEqual([`auth0|${person.id}`]);
	});
});

const publicKeyOf = (certificate: string) =>
	new X509Certificate(certificate).publicKey.export({ type: "spki", format: "pem" }).toString();
