"use client";
import {
	type AuthenticationResponseJSON,
	type PublicKeyCredentialRequestOptionsJSON,
	startAuthentication,
} from "@simplewebauthn/browser";
import { useTranslations } from "next-intl";
import { PasskeyCeremony } from "./passkey-ceremony";

/**
 * Answers the challenge with a passkey. `answer` goes on by itself where the key was right, and
 * says what is wrong otherwise.
 */
export function PasskeyButton({
	ask,
	answer,
}: {
	ask: () => Promise<PublicKeyCredentialRequestOptionsJSON | null>;
	answer: (response: AuthenticationResponseJSON) => Promise<{ error: string }>;
}) {
	const t = useTranslations("login.factor");
	const use = async () => {
		const options = await ask();
		if (!options) return t("over");
		// The browser throws where the person closes its window.
		const response = await startAuthentication({ optionsJSON: options }).catch(() => null);
		if (!response) return t("noPasskey");
		const answered = await answer(response);
		return answered ? answered.error : null;
	};
	return <PasskeyCeremony label={t("passkey")} script={t("script")} run={use} />;
}
