import { useTranslations } from "next-intl";

/** Turns while something is under way; for those who want no movement it is a word instead. */
export function Spinner({ silent }: { silent?: boolean }) {
	const t = useTranslations("ui");
	return (
		<>
			<svg
				viewBox="0 0 16 16"
				className="size-4 shrink-0 animate-spin motion-reduce:hidden"
				fill="none"
				stroke="currentColor"
				strokeWidth="1.6"
				aria-hidden
			>
				<path d="M8 2a6 6 0 1 0 6 6" strokeLinecap="round" />
			</svg>
			{silent ? null : <span className="hidden motion-reduce:inline">{t("working")}</span>}
		</>
	);
}
