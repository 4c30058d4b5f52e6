import { useTranslations } from "next-intl";
import { buttonClass } from "@/components/ui/button";

/**
 * The way in by a personal Google account, below another one. A link: a form that is redirected to
 * another site is blocked by `form-action 'self'`.
 */
export function GoogleLink({ href, label }: { href: string; label?: string }) {
	const t = useTranslations("login.google");
	return (
		<>
			<p className="my-4 flex items-center gap-3 text-sm text-ink-3">
				<span aria-hidden className="h-px flex-1 bg-line" />
				{t("or")}
				<span aria-hidden className="h-px flex-1 bg-line" />
			</p>
			<a href={href} className={`${buttonClass("line", "lg")} w-full`}>
				{label ?? t("signIn")}
			</a>
		</>
	);
}
