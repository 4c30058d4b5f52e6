import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { buttonClass } from "@/components/ui/button";
import { CopyField } from "@/components/ui/copy-field";
import { LoginArch } from "./login-arch";

/** A refused sign-in: what happened in one sentence, and a code an admin can look up. */
export function Refused({
	workspace,
	sentence,
	code,
	againHref,
	otherHref,
	links,
}: {
	workspace?: string;
	/** For the person, from the table of reasons. */
	sentence: ReactNode;
	/** "GH-7K2M"; left out where there is no trace to find. */
	code?: string;
	againHref: string;
	/** Asks the provider to choose another account. */
	otherHref?: string;
	links?: readonly { href: string; label: string }[];
}) {
	const t = useTranslations("login.refused");
	const button = `${buttonClass("line", "lg")} flex-1`;
	return (
		<LoginArch
			tone="stop"
			workspace={workspace}
			title={workspace ? t("titleAt", { workspace }) : t("title")}
			lead={sentence}
			links={links ?? []}
		>
			<div className="-mt-3 space-y-4">
				{code ? (
					<div className="rounded-md border border-line bg-sunk p-4 pt-3">
						<p className="text-sm font-medium">
							{workspace ? t("askAt", { workspace }) : t("ask")}
						</p>
						<p className="text-sm text-ink-2">{t("lookUp")}</p>
						<CopyField className="mt-3" label={t("code")} hideLabel value={code} size="lg" />
					</div>
				) : null}
				<div className="flex flex-wrap gap-2.5">
					<a href={againHref} className={button}>
						{t("again")}
					</a>
					{otherHref ? (
						<a href={otherHref} className={button}>
							{t("other")}
						</a>
					) : null}
				</div>
			</div>
		</LoginArch>
	);
}
