import { ArrowRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { ArchTile } from "@/components/ui/arch-tile";
import { Hidden } from "./email-row";
import type { FormAction } from "./email-step";
import { LoginArch } from "./login-arch";

/** Which workspace, for who belongs to several: posts `workspace`. Only those that were opened. */
export function ChooseStep({
	action,
	workspaces,
	hidden,
	links,
}: {
	action: FormAction;
	workspaces: readonly { slug: string; name: string; note?: string }[];
	hidden?: Record<string, string | undefined>;
	links?: readonly { href: string; label: string }[];
}) {
	const t = useTranslations("login.choose");
	return (
		<LoginArch tone="pass" title={t("title")} lead={t("lead")} links={links ?? []}>
			<form action={action}>
				<Hidden values={hidden} />
				<ul className="space-y-2">
					{workspaces.map((workspace) => (
						<li key={workspace.slug}>
							<button
								type="submit"
								name="workspace"
								value={workspace.slug}
								className="flex min-h-13 w-full items-center gap-3 rounded-md border border-line-2 bg-paper px-3 py-2 text-left transition-colors hover:border-edge hover:bg-ground"
							>
								<ArchTile tone="ink" size="md">
									{workspace.name}
								</ArchTile>
								<span className="min-w-0 flex-1">
									<span className="block truncate font-medium">{workspace.name}</span>
									{workspace.note ? (
										<span className="block truncate text-sm text-ink-2">{workspace.note}</span>
									) : null}
								</span>
								<ArrowRight className="size-[15px] shrink-0 stroke-[1.6] text-ink-3" aria-hidden />
							</button>
						</li>
					))}
				</ul>
			</form>
		</LoginArch>
	);
}
