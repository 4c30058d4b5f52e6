import { useTranslations } from "next-intl";

/** The first stop of the tab key: past the navigation, to `<main id="main">`. */
export function SkipLink() {
	const t = useTranslations("ui");
	return (
		<a
			href="#main"
			className="fixed top-2 left-2 z-[70] -translate-y-16 rounded-md bg-ink px-3 py-2 text-sm font-medium text-paper focus:translate-y-0"
		>
			{t("skip")}
		</a>
	);
}
