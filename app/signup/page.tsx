import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { rememberedEmail } from "@/app/login/flow";
import { GoogleLink } from "@/components/login/google-link";
import { LoginArch } from "@/components/login/login-arch";
import { ButtonLink } from "@/components/ui/button";
import { SubmitButton } from "@/components/ui/submit-button";
import { TextField } from "@/components/ui/text-field";
import { googleConfigured } from "@/lib/accounts/google";
import { signUpIsOpen } from "@/lib/accounts/sign-up";
import { domainOf } from "@/lib/platform/text";
import { giveSignUpEmail } from "./actions";

export async function generateMetadata() {
	const t = await getTranslations("signup");
	return { title: t("title") };
}

/** Creating a workspace: first a proof of the address. Not there at all where sign-up is closed. */
export default async function SignUpPage({ searchParams }: PageProps<"/signup">) {
	if (!signUpIsOpen()) notFound();
	const { step, error } = await searchParams;
	const t = await getTranslations("signup");
	const email = await rememberedEmail();
	const links = [{ href: "/login", label: t("signIn") }];
	if (step === "sent" && email)
		return (
			<LoginArch tone="pass" title={t("sent.title")} lead={t("sent.lead", { email })} links={links}>
				<p className="text-center text-sm text-ink-2">{t("sent.next")}</p>
				<ButtonLink href="/signup" size="lg" className="mt-6 w-full">
					{t("sent.other")}
				</ButtonLink>
			</LoginArch>
		);
	if (step === "known" && email)
		return (
			<LoginArch
				title={t("known.title", { domain: domainOf(email) })}
				lead={t("known.lead")}
				links={links}
			>
				<ButtonLink href="/login" variant="open" size="lg" className="w-full">
					{t("known.signIn")}
				</ButtonLink>
				<form action={giveSignUpEmail} className="mt-4">
					<input type="hidden" name="email" value={email} />
					<input type="hidden" name="anyway" value="1" />
					<SubmitButton size="lg" className="w-full">
						{t("known.anyway")}
					</SubmitButton>
				</form>
			</LoginArch>
		);
	return (
		<LoginArch title={t("title")} lead={t("lead")} links={links}>
			<form action={giveSignUpEmail} className="space-y-4" noValidate>
				<TextField
					size="lg"
					type="email"
					name="email"
					label={t("email")}
					defaultValue={email}
					required
					autoFocus
					autoComplete="username"
					autoCapitalize="none"
					spellCheck={false}
					inputMode="email"
					{...(error === "email_malformed" || error === "throttled"
						? { error: t(`reasons.${error}`) }
						: {})}
				/>
				<SubmitButton variant="open" size="lg" className="w-full">
					{t("continue")}
				</SubmitButton>
			</form>
			{googleConfigured() ? (
				<GoogleLink href="/login/google?for=signUp" label={t("google")} />
			) : null}
		</LoginArch>
	);
}
