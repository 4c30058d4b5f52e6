import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { SubmitButton } from "@/components/ui/submit-button";
import { TextField } from "@/components/ui/text-field";
import { Hidden } from "./email-row";
import type { FormAction } from "./email-step";
import { LoginArch } from "./login-arch";

export type FactorKind = "app" | "mail" | "passkey" | "recovery";

/**
 * Step 3, the second factor: one field, posted as `code`. A passkey has a button instead, given as
 * `passkey`. The other ways stand below it.
 */
export function FactorStep({
	kind,
	workspace,
	email,
	action,
	send,
	codeSent,
	passkey,
	others,
	cancelHref,
	error,
	hidden,
}: {
	kind: FactorKind;
	workspace: string;
	/** Where a mailed code goes. */
	email: string;
	action: FormAction;
	/** Mails a code, or a newer one. */
	send: FormAction;
	codeSent: boolean;
	passkey: ReactNode;
	others: readonly { kind: FactorKind; href: string }[];
	cancelHref: string;
	error?: string | undefined;
	hidden: Record<string, string | undefined>;
}) {
	const t = useTranslations("login.factor");
	const asksFirst = kind === "mail" && !codeSent;
	return (
		<LoginArch
			tone="pass"
			workspace={workspace}
			title={t("title")}
			lead={asksFirst ? t("lead.send", { email }) : t(`lead.${kind}`, { email })}
			links={[{ href: cancelHref, label: t("cancel") }]}
		>
			{kind === "passkey" ? passkey : null}
			{kind !== "passkey" && !asksFirst ? (
				<form action={action} className="space-y-4" noValidate>
					<Hidden values={{ ...hidden, kind }} />
					<TextField
						size="lg"
						name="code"
						label={t(`label.${kind}`)}
						error={error}
						mono
						required
						autoFocus
						autoComplete={kind === "recovery" ? "off" : "one-time-code"}
						inputMode={kind === "recovery" ? "text" : "numeric"}
						spellCheck={false}
					/>
					<SubmitButton variant="open" size="lg" className="w-full">
						{t("submit")}
					</SubmitButton>
				</form>
			) : null}
			{kind === "mail" ? (
				<form action={send} className={asksFirst ? "" : "mt-3"}>
					<Hidden values={hidden} />
					<SubmitButton variant={asksFirst ? "open" : "line"} size="lg" className="w-full">
						{asksFirst ? t("send") : t("sendAgain")}
					</SubmitButton>
					{asksFirst && error ? <p className="mt-2 text-sm text-stop">{error}</p> : null}
				</form>
			) : null}
			<ul className="mt-5 text-center text-sm">
				{others.map((other) => (
					<li key={other.kind}>
						<a
							href={other.href}
							className="link inline-flex min-h-8 items-center text-ink-2 max-sm:min-h-11"
						>
							{t(`use.${other.kind}`)}
						</a>
					</li>
				))}
			</ul>
		</LoginArch>
	);
}
