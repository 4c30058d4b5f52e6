import { getTranslations } from "next-intl/server";
import { Hidden } from "@/components/login/email-row";
import { LoginArch } from "@/components/login/login-arch";
import { SubmitButton } from "@/components/ui/submit-button";
import { TextField } from "@/components/ui/text-field";
import { database } from "@/db/client";
import { findWorkspace } from "@/lib/workspaces/workspaces";
import { hiddenQuery, loginPath, loginQuery } from "../login/address";
import { rememberedEmail } from "../login/flow";
import { askReset } from "./actions";

export async function generateMetadata() {
	const t = await getTranslations("reset");
	return { title: t("title") };
}

/** Asks for the address that a link to choose a new password goes to. */
export default async function ResetPage({ searchParams }: PageProps<"/reset">) {
	const params = await searchParams;
	const query = loginQuery(params);
	const t = await getTranslations("reset");
	const email = await rememberedEmail();
	const workspace = query.workspace ? await findWorkspace(await database(), query.workspace) : null;
	const back = { href: loginPath("/login/password", query), label: t("back") };
	const arch = { links: [back], ...(workspace ? { workspace: workspace.name } : {}) };
	if (params.sent)
		return (
			<LoginArch {...arch} title={t("sent.title")} lead={t("sent.lead", { email })}>
				<p className="text-center text-sm text-ink-3">{t("sent.nothing")}</p>
			</LoginArch>
		);
	const error = params.error === "malformed" || params.error === "throttled" ? params.error : null;
	return (
		<LoginArch {...arch} title={t("title")} lead={t("lead")}>
			<form action={askReset} className="space-y-4" noValidate>
				<Hidden values={hiddenQuery(query)} />
				<TextField
					size="lg"
					type="email"
					name="email"
					label={t("email")}
					defaultValue={email}
					error={error ? t(error) : undefined}
					required
					autoFocus
					autoComplete="username"
					autoCapitalize="none"
					spellCheck={false}
					inputMode="email"
				/>
				<SubmitButton variant="open" size="lg" className="w-full">
					{t("submit")}
				</SubmitButton>
			</form>
		</LoginArch>
	);
}
