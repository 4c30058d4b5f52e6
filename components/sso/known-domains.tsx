import { useTranslations } from "next-intl";
import { type State, StateBadge } from "@/components/ui/state";

const states: Record<"pending" | "verified" | "lost", State> = {
	pending: "waiting_for_dns",
	verified: "verified",
	lost: "needs_attention",
};

/** The workspace's domains with the state of their proof, beside the field that adds one. */
export function KnownDomains({
	domains,
	workspace,
}: {
	domains: readonly { domain: string; state: keyof typeof states }[];
	workspace: string;
}) {
	const t = useTranslations("connection");
	if (domains.length === 0)
		return <p className="text-sm text-ink-2">{t("noDomain", { workspace })}</p>;
	return (
		<ul className="space-y-1 text-sm">
			{domains.map(({ domain, state }) => (
				<li key={domain} className="flex flex-wrap items-center gap-x-4">
					<span className="mono [overflow-wrap:anywhere]">{domain}</span>
					<StateBadge state={states[state]} plain />
				</li>
			))}
		</ul>
	);
}
