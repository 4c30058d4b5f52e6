import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { LoginArch } from "@/components/login/login-arch";
import { Messages } from "@/components/messages";
import { SignUpForm } from "@/components/signup/sign-up-form";
import { ButtonLink } from "@/components/ui/button";
import { database } from "@/db/client";
import { minimumLength } from "@/lib/accounts/passwords";
import { findSignUp, signUpIsOpen } from "@/lib/accounts/sign-up";
import { createWorkspace } from "../actions";
import { keptTicket } from "../ticket";

export async function generateMetadata() {
	const t = await getTranslations("signup");
	return { title: t("title") };
}

/** The address is proved: the rest of what a workspace needs. */
export default async function CreateWorkspacePage({ searchParams }: PageProps<"/signup/create">) {
	if (!signUpIsOpen()) notFound();
	const { ticket: given } = await searchParams;
	const t = await getTranslations("signup");
	const mailed = typeof given === "string" ? given : "";
	const found = await findSignUp(await database(), mailed || (await keptTicket()), new Date());
	if (!found)
		return (
			<LoginArch tone="stop" title={t("expired.title")} lead={t("reasons.link_expired")}>
				<ButtonLink href="/signup" size="lg" className="w-full">
					{t("expired.again")}
				</ButtonLink>
			</LoginArch>
		);
	return (
		<LoginArch title={t("create.title")} lead={t("create.lead", { email: found.email })}>
			<Messages of={["signup", "login"]}>
				<SignUpForm
					action={createWorkspace}
					ticket={mailed}
					email={found.email}
					name={found.name}
					asksPassword={found.by === "mail"}
					minimum={minimumLength.alone}
				/>
			</Messages>
		</LoginArch>
	);
}
