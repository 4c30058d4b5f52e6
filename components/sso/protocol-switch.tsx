import Link from "next/link";
import { useTranslations } from "next-intl";
import { cx } from "@/components/ui/cx";
import type { Protocol, Provider } from "@/lib/sso/providers";

/** Which protocol a new connection will speak. */
export function ProtocolSwitch({
	provider,
	protocol,
	href,
}: {
	provider: Provider;
	protocol: Protocol;
	/** Where each leads: this, and the protocol. */
	href: string;
}) {
	const t = useTranslations("connection");
	return (
		<nav
			aria-label={t("protocol")}
			className="inline-flex rounded-md border border-line-2 bg-sunk p-0.5"
		>
			{provider.speaks.map((each) => (
				<Link
					key={each}
					href={`${href}${each}`}
					aria-current={each === protocol ? "page" : undefined}
					className={cx(
						"inline-flex h-7 flex-1 items-center justify-center whitespace-nowrap rounded-sm border px-3 text-sm no-underline max-md:h-10",
						each === protocol
							? "border-line-2 bg-paper font-medium text-ink"
							: "border-transparent text-ink-2 hover:text-ink",
					)}
				>
					{t(`protocols.${each}`)}
				</Link>
			))}
		</nav>
	);
}
