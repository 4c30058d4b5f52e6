import { useTranslations } from "next-intl";
import { SubmitButton } from "@/components/ui/submit-button";
import { TextField } from "@/components/ui/text-field";
import { Hidden } from "./email-row";
import { GoogleLink } from "./google-link";
import { LoginArch } from "./login-arch";

export type FormAction = (data: FormData) => void | Promise<void>;

/** Step 1: the email, posted as `email`. The answer must not depend on whether the person exists. */
export function EmailStep({
	action,
	workspace,
	email,
	error,
	hidden,
	passwordHref,
	googleHref,
	links = [],
	left,
}: {
	action: FormAction;
	/** Known only at `/login?workspace=…`. */
	workspace?: string;
	email?: string;
	error?: string;
	hidden?: Record<string, string | undefined>;
	/** The provider that whoever has just signed out here may still be signed in to. */
	left?: string;
	/** "Password or another workspace", always offered at the bare `/login`. */
	passwordHref?: string;
	/** Where a personal Google account may be used too. */
	googleHref?: string;
	links?: readonly { href: string; label: string }[];
}) {
	const t = useTranslations("login");
	return (
		<LoginArch
			workspace={workspace}
			title={workspace ? t("email.titleAt", { workspace }) : t("email.title")}
			lead={left ? t("email.left", { provider: left }) : t("email.lead")}
			links={
				left
					? [{ href: "/sso/sign-out", label: t("email.leave", { provider: left }) }, ...links]
					: links
			}
		>
			<form action={action} className="space-y-4" noValidate>
				<Hidden values={hidden} />
				<TextField
					size="lg"
					type="email"
					name="email"
					label={t("email.label")}
					defaultValue={email}
					error={error}
					required
					autoFocus
					autoComplete="username"
					autoCapitalize="none"
					spellCheck={false}
					inputMode="email"
				/>
				<SubmitButton variant="open" size="lg" className="w-full">
					{t("continue")}
				</SubmitButton>
			</form>
			{googleHref ? <GoogleLink href={googleHref} /> : null}
			<p className="mt-5 text-center text-sm text-ink-3">
				{t("email.next")}
				{passwordHref ? (
					<>
						<br />
						<a
							href={passwordHref}
							className="link inline-flex min-h-6 items-center text-ink-2 max-sm:min-h-11"
						>
							{t("email.other")}
						</a>
					</>
				) : null}
			</p>
		</LoginArch>
	);
}
