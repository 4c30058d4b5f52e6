"use client";
import {
	type AuthenticationResponseJSON,
	type PublicKeyCredentialRequestOptionsJSON,
	startAuthentication,
} from "@simplewebauthn/browser";
import { KeyRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";

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
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState("");
	const use = async () => {
		setBusy(true);
		setError("");
		try {
			const options = await ask();
			if (!options) return setError(t("over"));
			// The browser throws where the person closes its window.
			const response = await startAuthentication({ optionsJSON: options }).catch(() => null);
			if (!response) return setError(t("noPasskey"));
			const answered = await answer(response);
			if (answered) setError(answered.error);
		} finally {
			setBusy(false);
		}
	};
	return (
		<div>
			<Button
				variant="open"
				size="lg"
				className="w-full"
				icon={<KeyRound aria-hidden />}
				busy={busy}
				onClick={use}
			>
				{t("passkey")}
			</Button>
			<p role="alert" className="mt-2 text-sm text-stop">
				{error}
			</p>
			<noscript>
				<p className="text-sm text-ink-2">{t("script")}</p>
			</noscript>
		</div>
	);
}
