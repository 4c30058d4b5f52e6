import { Mail } from "lucide-react";
import { useTranslations } from "next-intl";

/** The email that was given, with the way back to change it. */
export function EmailRow({ email, changeHref }: { email: string; changeHref: string }) {
	const t = useTranslations("login");
	return (
		<div className="flex min-h-11 items-center gap-2.5 rounded-md border border-line bg-sunk px-3">
			<Mail className="size-4 shrink-0 stroke-[1.6] text-ink-3" aria-hidden />
			<span className="min-w-0 flex-1 truncate" title={email}>
				{email}
			</span>
			<a href={changeHref} className="link inline-flex min-h-11 items-center text-sm text-ink-2">
				{t("change")}
			</a>
		</div>
	);
}

/** Values that a step hands to its action unseen: where to go afterwards, the email. */
export function Hidden({ values }: { values: Record<string, string | undefined> | undefined }) {
	return Object.entries(values ?? {}).map(([name, value]) =>
		value === undefined ? null : <input key={name} type="hidden" name={name} value={value} />,
	);
}
