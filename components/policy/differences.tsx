"use client";
import { useTranslations } from "next-intl";
import { Panel } from "@/components/ui/panel";
import { Table } from "@/components/ui/table";
import { differences } from "@/lib/policy/change";
import type { Policy } from "@/lib/policy/document";
import { fieldName, type PolicyNames, valueWords } from "./words";

/** The rules in which two documents differ, each with both values in words. */
export function Differences({
	before,
	after,
	names,
}: {
	before: Policy;
	after: Policy;
	names: PolicyNames;
}) {
	const t = useTranslations("policy");
	const found = differences(before, after);
	if (found.length === 0) return null;
	return (
		<Panel>
			<Table
				caption={t("dialog.changes")}
				columns={[
					{ label: t("dialog.field"), className: "w-2/5" },
					{ label: t("dialog.before") },
					{ label: t("dialog.after") },
				]}
				rows={found.map(({ field }) => ({
					key: field,
					cells: [
						fieldName(t, field, names),
						valueWords(t, before, field, names),
						<span key="after" className="text-ink">
							{valueWords(t, after, field, names)}
						</span>,
					],
				}))}
			/>
		</Panel>
	);
}
