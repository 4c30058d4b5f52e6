import { getTranslations } from "next-intl/server";
import { LoginArch } from "@/components/login/login-arch";
import { ButtonLink } from "@/components/ui/button";
import { SubmitButton } from "@/components/ui/submit-button";
import { database } from "@/db/client";
import { findEmailChange } from "@/lib/accounts/email-change";
import { isReason } from "@/lib/policy/reasons";
import { findWorkspace } from "@/lib/workspaces/workspaces";
import { followEmail } from "./actions";

export async function generateMetadata() {
	const t = await getTranslations("account.email");
	return { title: t("title") };
}

/** Where the link in the mail to a new address leads. It asks first: mail scanners follow links. */
export default async function EmailChangePage({ searchParams }: PageProps<"/account/email">) {
	const { token, done, refused } = await searchParams;
	const t = await getTranslations("account.email");
	const db = await database();
	const changed = typeof done === "string" ? await findWorkspace(db, done) : null;
	if (changed)
		return (
			<LoginArch
				tone="pass"
				workspace={changed.name}
				title={t("done")}
				lead={t("doneLead", { workspace: changed.name })}
			>
				<ButtonLink href={`/w/${changed.slug}/account`} size="lg" className="w-full">
					{t("open", { workspace: changed.name })}
				</ButtonLink>
			</LoginArch>
		);
	const key = typeof token === "string" ? token : "";
	const change = key ? await findEmailChange(db, key, new Date()) : null;
	if (!change) {
		const reasons = await getTranslations("reasons");
		const reason = typeof refused === "string" && isReason(refused) ? refused : "link_expired";
		const words = { workspace: "", provider: t("directory"), email: "", domain: "" };
		return (
			<LoginArch
				tone="stop"
				title={t("refused")}
				lead={reasons(`${reason}.person`, { ...words, expected: "", received: "" })}
			/>
		);
	}
	const { workspace, email } = change;
	return (
		<LoginArch
			workspace={workspace.name}
			title={t("title")}
			lead={
				<span className="[overflow-wrap:anywhere]">
					{t("lead", { email, workspace: workspace.name })}
				</span>
			}
		>
			<form action={followEmail}>
				<input type="hidden" name="token" value={key} />
				<SubmitButton variant="open" size="lg" className="w-full">
					{t("confirm")}
				</SubmitButton>
			</form>
		</LoginArch>
	);
}
