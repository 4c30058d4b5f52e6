import { Check, Circle, TriangleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Panel, PanelBody } from "@/components/ui/panel";
import type { Guide } from "@/lib/sso/guides";
import { Words } from "./words";

/** Whether a second factor for passwords stands beside single sign-on here, or in its way. */
export type SecondFactor = "none" | "beside" | "conflict";

/** What an admin should have at hand before the first field: access, and the values to bring. */
export function HaveReady({
	guide,
	provider,
	workspace,
	secondFactor,
}: {
	guide: Guide;
	provider: string;
	workspace: string;
	secondFactor: SecondFactor;
}) {
	const t = useTranslations("guide.ready");
	const words = { provider, workspace };
	const factor = { none: "noSecondFactor", beside: "secondFactor", conflict: "conflict" } as const;
	return (
		<Panel>
			<PanelBody>
				<h2 className="font-serif text-head font-semibold">{t("title")}</h2>
				{guide.bring.length > 0 ? <p className="text-sm text-ink-2">{t("lead", words)}</p> : null}
				<div className="mt-4 grid gap-x-8 gap-y-4 text-sm md:grid-cols-2">
					<div>
						<h3 className="mb-1.5 font-medium">{t("access")}</h3>
						<ul className="space-y-1.5">
							{guide.needs.map((need) => (
								<Need key={need} icon={<Circle className="text-ink-3" />}>
									<Words>{need}</Words>
								</Need>
							))}
							<Need icon={<Check className="text-pass" />}>{t("admin", words)}</Need>
							<Need
								icon={
									secondFactor === "conflict" ? (
										<TriangleAlert className="text-care" />
									) : (
										<Check className="text-pass" />
									)
								}
							>
								{t(factor[secondFactor], words)}
							</Need>
						</ul>
					</div>
					{guide.bring.length > 0 ? (
						<div>
							<h3 className="mb-1.5 font-medium">{t("values")}</h3>
							<dl className="space-y-1.5">
								{guide.bring.map(({ field, label, where }) => (
									<div key={field}>
										<dt>{label}</dt>
										<dd className="text-ink-2">
											<Words>{where}</Words>
										</dd>
									</div>
								))}
							</dl>
						</div>
					) : null}
				</div>
				{guide.bring.length > 0 ? <p className="mt-4 text-sm text-ink-2">{t("each")}</p> : null}
			</PanelBody>
		</Panel>
	);
}

function Need({ icon, children }: { icon: ReactNode; children: ReactNode }) {
	return (
		<li className="flex gap-2 text-ink-2">
			<span aria-hidden className="mt-0.5 shrink-0 [&>svg]:size-4 [&>svg]:stroke-[1.6]">
				{icon}
			</span>
			<span className="min-w-0">{children}</span>
		</li>
	);
}
