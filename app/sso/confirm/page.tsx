import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { flowVisitor } from "@/app/login/flow";
import { LoginArch } from "@/components/login/login-arch";
import { ButtonLink } from "@/components/ui/button";
import { SubmitButton } from "@/components/ui/submit-button";
import { database } from "@/db/client";
import { pendingChange } from "@/lib/sso/finish";
import { continueAsOther } from "./actions";

/**
 * Another member is signed in in this browser, or the provider began: nobody is signed in or
 * replaced unasked.
 */
export default async function ConfirmPage({ searchParams }: PageProps<"/sso/confirm">) {
	const { ticket } = await searchParams;
	const t = await getTranslations("login.confirm");
	const key = typeof ticket === "string" ? ticket : "";
	const change = await pendingChange(await database(), key, await flowVisitor(), new Date());
	if (!change) redirect("/");
	const { workspace, current, next } = change;
	return (
		<LoginArch
			workspace={workspace.name}
			title={
				current === null
					? t("enter", { next, workspace: workspace.name })
					: t("title", { workspace: workspace.name })
			}
			lead={current === null ? t("enterLead", { next }) : t("lead", { current, next })}
		>
			<form action={continueAsOther} className="space-y-4">
				<input type="hidden" name="ticket" value={key} />
				<SubmitButton variant="open" size="lg" className="w-full">
					{t("continue", { next })}
				</SubmitButton>
				{current === null ? (
					<ButtonLink href="/login" size="lg" className="w-full">
						{t("leave")}
					</ButtonLink>
				) : (
					<ButtonLink href={`/w/${workspace.slug}`} size="lg" className="w-full">
						{t("stay", { current })}
					</ButtonLink>
				)}
			</form>
		</LoginArch>
	);
}
