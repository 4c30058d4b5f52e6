/**
 * Passkeys as a second factor (WebAuthn): the library checks origin, challenge and signature, this
 * file keeps the keys. What the browser was asked is sealed into what it brings back when a key is
 * made, and kept in the challenge's row when one is used.
 */
import {
	type AuthenticationResponseJSON,
	generateAuthenticationOptions,
	generateRegistrationOptions,
	type PublicKeyCredentialCreationOptionsJSON,
	type PublicKeyCredentialRequestOptionsJSON,
	type RegistrationResponseJSON,
	verifyAuthenticationResponse,
	verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { and, asc, eq } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { passkeys } from "@/db/schema";
import { open, seal } from "@/lib/platform/crypto";
import { env } from "@/lib/platform/env";
import { newId } from "@/lib/platform/ids";
import { log } from "@/lib/platform/log";
import type { Owner } from "./held";

const minutesToMake = 10;

/** A key belongs to the host people know, whatever address a request came by. */
const host = () => new URL(env().PUBLIC_URL).hostname;
const origin = () => env().PUBLIC_URL;

const of = ({ workspaceId, id }: Owner) =>
	and(eq(passkeys.workspaceId, workspaceId), eq(passkeys.memberId, id));

const sealPlace = ({ workspaceId, id }: Owner) => `passkeys/${workspaceId}/${id}/registration`;

export type PasskeyRow = { id: string; name: string; createdAt: Date; lastUsedAt: Date | null };

/** A member's passkeys, the oldest first. */
export function listPasskeys(db: Db | Tx, owner: Owner): Promise<PasskeyRow[]> {
	return db
		.select({
			id: passkeys.id,
			name: passkeys.name,
			createdAt: passkeys.createdAt,
			lastUsedAt: passkeys.lastUsedAt,
		})
		.from(passkeys)
		.where(of(owner))
		.orderBy(asc(passkeys.createdAt), asc(passkeys.id));
}

/** What a browser needs to make a key, and a sealed text to bring back with it. */
export type PasskeyOffer = { options: PublicKeyCredentialCreationOptionsJSON; state: string };

/** Begins making a key for a member. */
export async function offerPasskey(
	db: Db | Tx,
	owner: Owner,
	names: { workspace: string; member: string },
	now: Date,
): Promise<PasskeyOffer> {
	const known = await db
		.select({ id: passkeys.credentialId, transports: passkeys.transports })
		.from(passkeys)
		.where(of(owner));
	const options = await generateRegistrationOptions({
		rpName: names.workspace,
		rpID: host(),
		userName: names.member,
		userID: new TextEncoder().encode(owner.id),
		attestationType: "none",
		excludeCredentials: known,
		authenticatorSelection: { residentKey: "discouraged", userVerification: "preferred" },
	});
	const until = now.getTime() + minutesToMake * 60_000;
	const state = seal(JSON.stringify({ challenge: options.challenge, until }), sealPlace(owner));
	return { options, state };
}

/** Keeps a key that a browser made. @returns its name, or null where it cannot be trusted. */
export async function keepPasskey(
	tx: Tx,
	owner: Owner,
	made: { response: RegistrationResponseJSON; state: string; name: string },
	now: Date,
): Promise<string | null> {
	const challenge = challengeOf(owner, made.state, now);
	if (!challenge) return null;
	const verified = await quietly(() =>
		verifyRegistrationResponse({
			response: made.response,
			expectedChallenge: challenge,
			expectedOrigin: origin(),
			expectedRPID: host(),
			requireUserVerification: false,
		}),
	);
	if (!verified?.verified) return null;
	const { credential } = verified.registrationInfo;
	const name = made.name.trim().slice(0, 64) || "Passkey";
	const kept = await tx
		.insert(passkeys)
		.values({
			workspaceId: owner.workspaceId,
			id: newId(),
			memberId: owner.id,
			name,
			credentialId: credential.id,
			publicKey: Buffer.from(credential.publicKey).toString("base64url"),
			counter: credential.counter,
			transports: credential.transports ?? [],
			createdAt: now,
		})
		.onConflictDoNothing()
		.returning({ id: passkeys.id });
	return kept.length > 0 ? name : null;
}

function challengeOf(owner: Owner, state: string, now: Date): string | null {
	try {
		const { challenge, until } = JSON.parse(open(state, sealPlace(owner)));
		return typeof challenge === "string" && until > now.getTime() ? challenge : null;
	} catch {
		return null; // sealed for somebody else, or by hand
	}
}

/** What a browser needs to use one of a member's keys. Its `challenge` is to be kept. */
export async function askPasskey(
	db: Db | Tx,
	owner: Owner,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
	const known = await db
		.select({ id: passkeys.credentialId, transports: passkeys.transports })
		.from(passkeys)
		.where(of(owner));
	return generateAuthenticationOptions({
		rpID: host(),
		allowCredentials: known,
		userVerification: "preferred",
	});
}

/** Checks what a browser answered to `challenge` with one of the member's keys. */
export async function takePasskey(
	tx: Tx,
	owner: Owner,
	response: AuthenticationResponseJSON,
	challenge: string,
	now: Date,
): Promise<boolean> {
	const [key] = await tx
		.select()
		.from(passkeys)
		.where(and(of(owner), eq(passkeys.credentialId, String(response.id))));
	if (!key) return false;
	const result = await quietly(() =>
		verifyAuthenticationResponse({
			response,
			expectedChallenge: challenge,
			expectedOrigin: origin(),
			expectedRPID: host(),
			requireUserVerification: false,
			credential: {
				id: key.credentialId,
				publicKey: new Uint8Array(Buffer.from(key.publicKey, "base64url")),
				counter: key.counter,
			},
		}),
	);
	if (!result?.verified) return false;
	await tx
		.update(passkeys)
		.set({ counter: result.authenticationInfo.newCounter, lastUsedAt: now })
		.where(and(of(owner), eq(passkeys.id, key.id)));
	return true;
}

/** Removes one key. @returns its name, or null where it was not there. */
export async function removePasskey(tx: Tx, owner: Owner, id: string): Promise<string | null> {
	const [removed] = await tx
		.delete(passkeys)
		.where(and(of(owner), eq(passkeys.id, id)))
		.returning({ name: passkeys.name });
	return removed?.name ?? null;
}

/** The library throws at what a browser should never send: that is a refusal here. */
async function quietly<T>(check: () => Promise<T>): Promise<T | null> {
	try {
		return await check();
	} catch (error) {
		log().debug({ err: error }, "A passkey was refused");
		return null;
	}
}
