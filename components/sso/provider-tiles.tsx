import Link from "next/link";
import { useTranslations } from "next-intl";
import { ArchTile } from "@/components/ui/arch-tile";
import type { Provider } from "@/lib/sso/providers";

/** The providers by name, each leading to its own form. */
export function ProviderTiles({
	providers,
	hrefOf,
}: {
	providers: readonly Provider[];
	/** Where a provider leads: this, and its key. */
	hrefOf: string;
}) {
	const t = useTranslations("sso.choose");
	return (
		<ul className="grid gap-2.5 sm:grid-cols-2 xl:grid-cols-3">
			{providers.map((provider) => (
				<li key={provider.key}>
					<Link
						href={`${hrefOf}${provider.key}`}
						className="flex min-h-17 items-center gap-4 rounded-lg border border-line-2 bg-paper px-4 py-3 text-ink no-underline transition-colors hover:border-edge"
					>
						<ArchTile size="lg">{provider.name}</ArchTile>
						<span className="min-w-0">
							<span className="block font-medium">
								{provider.key === "oidc" || provider.key === "saml"
									? t(`any.${provider.key}`)
									: provider.name}
							</span>
							<span className="block text-sm text-ink-2">
								{[...provider.speaks, ...(provider.scim ? (["scim"] as const) : [])]
									.map((protocol) => t(protocol))
									.join(", ")}
							</span>
						</span>
					</Link>
				</li>
			))}
		</ul>
	);
}
