import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { LoginArch } from "@/components/login/login-arch";
import { Messages } from "@/components/messages";
import { SetupForm } from "@/components/setup/setup-form";
import { database } from "@/db/client";
import { needsSetup } from "@/lib/accounts/setup";
import { env } from "@/lib/platform/env";
import { setUp } from "./actions";

export async function generateMetadata() {
	const t = await getTranslations("setup");
	return { title: t("title") };
}

/** The first visit to an empty installation. */
export default async function SetupPage() {
	if (!(await needsSetup(await database()))) redirect("/login");
	const t = await getTranslations("setup");
	return (
		<LoginArch title={t("title")} lead={t("lead")}>
			<Messages of={["setup"]}>
				<SetupForm action={setUp} embedded={!env().DATABASE_URL} />
			</Messages>
		</LoginArch>
	);
}
