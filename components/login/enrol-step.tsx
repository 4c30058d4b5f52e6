"use client";
import {
	type PublicKeyCredentialCreationOptionsJSON,
	type RegistrationResponseJSON,
	startRegistration,
} from "@simplewebauthn/browser";
import { KeyRound, Mail, Smartphone } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useActionState, useState } from "react";
import { CopyField } from "@/components/ui/copy-field";
import { SubmitButton } from "@/components/ui/submit-button";
import { TextField } from "@/components/ui/text-field";
import { Hidden } from "./email-row";
import type { FormAction } from "./email-step";
import { LoginArch } from "./login-arch";
import { PasskeyCeremony } from "./passkey-ceremony";
import { type Qr, QrCode } from "./qr-code";
import { RecoveryCodes } from "./recovery-codes";

export type EnrolKind = "app" | "mail" | "passkey";

/** What a confirmed factor answers: its recovery codes, shown once. */
export type EnrolState = { done: boolean; codes: string[] | null; error: string | null };

type Offer = { options: PublicKeyCredentialCreationOptionsJSON; state: string };

export type EnrolActions = {
	/** Posts `kind`: makes a seed, or mails a code. */
	begin: FormAction;
	/** Posts `kind` and `code`. */
	confirm: (before: EnrolState, form: FormData) => Promise<EnrolState>;
	offerPasskey: () => Promise<Offer | { error: string }>;
	keepPasskey: (made: { response: RegistrationResponseJSON; state: string }) => Promise<EnrolState>;
	finish: FormAction;
};

/**
 * Setting up a second factor where the workspace requires one: choose a kind, prove it, keep the
 * recovery codes, go on. Works without JavaScript but for passkeys.
 */
export function EnrolStep({
	workspace,
	email,
	kinds,
	kind,
	seed,
	passed,
	startHref,
	cancelHref,
	error,
	hidden,
	actions,
}: {
	workspace: string;
	email: string;
	/** What the policy takes. */
	kinds: readonly EnrolKind[];
	/** The one chosen; null while choosing. */
	kind: EnrolKind | null;
	seed: { secret: string; qr: Qr } | null;
	/** A factor was set up, and nothing but going on is left. */
	passed: boolean;
	startHref: string;
	cancelHref: string;
	error?: string | undefined;
	hidden: Record<string, string | undefined>;
	actions: EnrolActions;
}) {
	const t = useTranslations("login.enrol");
	const [posted, confirm] = useActionState(actions.confirm, {
		done: passed,
		codes: null,
		error: error ?? null,
	});
	const [made, setMade] = useState<EnrolState | null>(null);
	const state = made ?? posted;
	const links = [{ href: cancelHref, label: t("cancel") }];
	if (state.done || passed)
		return (
			<LoginArch tone="pass" workspace={workspace} title={t("done")} lead={t("doneLead")}>
				{state.codes ? <RecoveryCodes codes={state.codes} place={workspace} /> : null}
				<form action={actions.finish} className="mt-5">
					<Hidden values={hidden} />
					<SubmitButton variant="open" size="lg" className="w-full">
						{state.codes ? t("kept") : t("goOn")}
					</SubmitButton>
				</form>
			</LoginArch>
		);
	if (!kind)
		return (
			<LoginArch
				workspace={workspace}
				title={t("title")}
				lead={t("lead", { workspace })}
				links={links}
			>
				<ul className="space-y-3">
					{kinds.map((each) => (
						<li key={each}>
							<form action={actions.begin}>
								<Hidden values={{ ...hidden, kind: each }} />
								<SubmitButton size="lg" className="h-auto w-full justify-start py-2.5">
									<Choice icon={icons[each]} title={t(`kind.${each}`)}>
										{t(`about.${each}`, { email })}
									</Choice>
								</SubmitButton>
							</form>
						</li>
					))}
				</ul>
				<p role="alert" className="mt-3 text-sm text-stop">
					{state.error}
				</p>
			</LoginArch>
		);
	return (
		<LoginArch
			workspace={workspace}
			title={t(`kind.${kind}`)}
			lead={t(`prove.${kind}`, { email })}
			links={links}
		>
			{kind === "app" && seed ? (
				<div className="mb-5 space-y-4">
					<QrCode qr={seed.qr} label={t("qr")} />
					<CopyField label={t("secret")} value={seed.secret} />
				</div>
			) : null}
			{kind === "passkey" ? (
				<MakePasskey actions={actions} onDone={setMade} />
			) : (
				<form action={confirm} className="space-y-4" noValidate>
					<Hidden values={{ ...hidden, kind }} />
					<TextField
						size="lg"
						name="code"
						label={t("code")}
						error={state.error ?? undefined}
						mono
						required
						autoFocus={kind === "mail"}
						autoComplete="one-time-code"
						inputMode="numeric"
						spellCheck={false}
					/>
					<SubmitButton variant="open" size="lg" className="w-full">
						{t("confirm")}
					</SubmitButton>
				</form>
			)}
			<p className="mt-5 text-center text-sm">
				{kinds.length > 1 ? (
					<a
						href={startHref}
						className="link inline-flex min-h-8 items-center text-ink-2 max-sm:min-h-11"
					>
						{t("otherKind")}
					</a>
				) : null}
			</p>
		</LoginArch>
	);
}

const icons = { app: Smartphone, passkey: KeyRound, mail: Mail };

function Choice({
	icon: Icon,
	title,
	children,
}: {
	icon: typeof Mail;
	title: string;
	children: ReactNode;
}) {
	return (
		<span className="flex min-w-0 items-start gap-3 text-left whitespace-normal">
			<Icon className="mt-0.5 text-ink-3" aria-hidden />
			<span className="min-w-0">
				<span className="block">{title}</span>
				<span className="block text-sm font-normal text-ink-2">{children}</span>
			</span>
		</span>
	);
}

function MakePasskey({
	actions,
	onDone,
}: {
	actions: EnrolActions;
	onDone: (state: EnrolState) => void;
}) {
	const t = useTranslations("login.enrol");
	const make = async () => {
		const offer = await actions.offerPasskey();
		if ("error" in offer) return offer.error;
		const response = await startRegistration({ optionsJSON: offer.options }).catch(() => null);
		if (!response) return t("noPasskey");
		const kept = await actions.keepPasskey({ response, state: offer.state });
		if (kept.done) onDone(kept);
		return kept.done ? null : kept.error;
	};
	return <PasskeyCeremony label={t("makePasskey")} script={t("script")} run={make} />;
}
