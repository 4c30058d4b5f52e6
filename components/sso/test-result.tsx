import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Band } from "@/components/ui/band";
import { Line, Station } from "@/components/ui/line";
import { Panel, PanelBody, PanelFoot } from "@/components/ui/panel";
import { Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";

export type TestView = {
	provider: string;
	workspace: string;
	at: Date;
	/** Null where the test was refused. */
	passed: { outcome: "welcome" | "provision" | "link" | "replace"; role: string | null } | null;
	refused: { why: string; fix: string; code: string } | null;
	claims: readonly { name: string; value: string; meaning: string }[];
	/** Where the role comes from, in words. */
	roleSource: string | null;
	steps: readonly { title: string; ok: boolean; expected?: string; received?: string }[];
};

/** What a test sign-in found: the verdict as a sentence, what was sent, and each check. */
export function TestResult({ test, action }: { test: TestView; action?: ReactNode }) {
	const t = useTranslations("test");
	const { provider, workspace, passed, refused } = test;
	const title = passed
		? passed.role
			? t(`verdict.${passed.outcome}`, { workspace, role: passed.role })
			: t("verdict.noRole", { workspace })
		: (refused?.why ?? "");
	return (
		<Panel tone={passed ? "pass" : "stop"}>
			<Band tone={passed ? "pass" : "stop"} title={title} verdict inset action={action}>
				{refused ? <p>{refused.fix}</p> : null}
				<p>
					{t.rich("when", { at: () => <Time at={test.at} /> })}{" "}
					{test.roleSource ? t("roleSource", { source: test.roleSource }) : null}
				</p>
			</Band>
			{test.claims.length > 0 ? (
				<Table
					caption={t("sent", { provider })}
					columns={[
						{ label: t("sent", { provider }), className: "w-2/5" },
						{ label: t("value"), className: "w-1/3" },
						{ label: t("understood") },
					]}
					rows={test.claims.map(({ name, value, meaning }) => ({
						key: name,
						cells: [
							<code key="name" className="[overflow-wrap:anywhere]">
								{name}
							</code>,
							<code key="value" className="[overflow-wrap:anywhere]">
								{value}
							</code>,
							meaning,
						],
					}))}
				/>
			) : null}
			<details className="group">
				<summary className="cursor-pointer px-5 py-2.5 text-sm text-ink-2 hover:text-ink max-md:px-4">
					{t("checks", {
						passed: test.steps.filter(({ ok }) => ok).length,
						of: test.steps.length,
					})}
				</summary>
				<PanelBody>
					<Line label={t("steps")}>
						{test.steps.map(({ title: name, ok, expected, received }) => (
							<Station key={name} state={ok ? "done" : "refused"} title={name}>
								{expected ? (
									<p>{t.rich("expected", { value: () => <code>{expected}</code> })}</p>
								) : null}
								{received ? (
									<p>{t.rich("received", { value: () => <code>{received}</code> })}</p>
								) : null}
							</Station>
						))}
					</Line>
				</PanelBody>
			</details>
			{refused ? <PanelFoot>{t("code", { code: refused.code })}</PanelFoot> : null}
		</Panel>
	);
}
