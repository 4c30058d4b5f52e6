"use client";
import { useTranslations } from "next-intl";
import { useOptimistic, useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import type { DomainActions } from "@/components/sso/domains-panel";
import { Select } from "@/components/ui/select";
import { useToast } from "@/components/ui/toast";

/** Which of several connections the people of a domain are led to. */
export function DomainRoute({
	domain,
	connectionId,
	connections,
	route,
}: {
	domain: string;
	connectionId: string | null;
	connections: readonly { id: string; name: string }[];
	route: DomainActions["route"];
}) {
	const t = useTranslations("sso.domains");
	const toast = useToast();
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [pending, start] = useTransition();
	const [shown, show] = useOptimistic(connectionId ?? "");
	const change = (id: string) =>
		start(async () => {
			show(id);
			const done = await route(domain, id || null);
			setRefusal(done.ok ? null : done);
			if (done.ok) toast(t("routed", { domain }));
		});
	return (
		<span className="block min-w-40 space-y-2">
			<Select
				aria-label={t("routeOf", { domain })}
				aria-busy={pending}
				value={shown}
				onChange={(event) => change(event.target.value)}
				options={[
					{ value: "", label: t("anyActive") },
					...connections.map(({ id, name }) => ({ value: id, label: name })),
				]}
			/>
			{refusal ? <RefusalBand refusal={refusal} /> : null}
		</span>
	);
}
