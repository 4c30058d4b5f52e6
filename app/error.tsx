"use client";
import { useTranslations } from "next-intl";
import { Broken } from "@/components/shell/broken";

export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
	const t = useTranslations("errors.broken");
	const words = {
		title: t("title"),
		body: t("body"),
		bodyNoCode: t("bodyNoCode"),
		code: t("code"),
		again: t("again"),
	};
	return <Broken error={error} retry={retry} words={words} />;
}
