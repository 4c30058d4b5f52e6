/** From what the database holds to what the sections show: no secret and no row leaves here. */
import { getTranslations } from "next-intl/server";
import { AttemptsBars, type Hour } from "@/components/sso/attempts-bars";
import type { SetupStep } from "@/components/sso/checklist";
import type { DomainView } from "@/components/sso/domains-panel";
import type { Fact } from "@/components/ui/facts-row";
import { Time } from "@/components/ui/time";
import { enforcesSso } from "@/lib/policy/document";
import type { Attempt } from "@/lib/sso/condition";
import type { Connection } from "@/lib/sso/connections";
import { counts, countsUntil, recordOf } from "@/lib/sso/domain-proof";
import type { SsoPage } from "./load";

const isTested = (connection: Connection) => connection.testedRevision === connection.revision;

/** The steps of setting up that the facts show as done. */
export function setupSteps(
	{ connection, domains, policy }: Pick<SsoPage, "connection" | "domains" | "policy">,
	now: Date,
): SetupStep[] {
	const steps: SetupStep[] = [];
	if (connection) steps.push("choose");
	if (connection?.issuer) steps.push("exchange");
	if (connection && isTested(connection)) steps.push("test");
	if (domains.some(({ state }) => state === "verified")) steps.push("domains");
	if (connection?.status === "active") steps.push("enable");
	if (connection?.status === "active" && enforcesSso(policy.document, now)) steps.push("enforce");
	return steps;
}

export function domainViews({ domains, domainPeople }: SsoPage, now: Date): DomainView[] {
	return domains.map((row) => ({
		domain: row.domain,
		state: row.state,
		verifiedBy: row.verifiedBy,
		people: domainPeople.get(row.domain) ?? 0,
		checkedAt: row.checkedAt,
		missedChecks: row.missedChecks,
		countsUntil: counts(row, now) ? countsUntil(row) : null,
		record: recordOf(row),
		connectionId: row.connectionId,
	}));
}

/** The provider that is on while no domain leads to it. */
export function leadsNobody({ connection, domains }: SsoPage, now: Date): string | null {
	if (connection?.status !== "active") return null;
	return domains.some((domain) => counts(domain, now)) ? null : connection.name;
}

export async function factsOf(page: SsoPage, now: Date): Promise<Fact[]> {
	const { connections, directory, attempts, ways } = page;
	const t = await getTranslations("sso.facts");
	const list = await getTranslations("connections");
	const last = directory.directory?.lastRequestAt;
	const [first] = connections;
	return [
		{
			label: t("connection"),
			value: { state: first?.condition.state ?? "not_set_up" },
			note: first
				? `${first.connection.name}, ${list(`protocols.${first.connection.protocol}`)}`
				: undefined,
			href: "#connection",
		},
		{
			label: list("attempts.label"),
			value: attempts.length === 0 ? list("attempts.none") : attempts.length,
			note: list("attempts.refused", {
				count: attempts.filter(({ outcome }) => outcome === "refuse").length,
			}),
			href: "#activity",
			chart: attempts.length === 0 ? null : <AttemptsBars hours={hoursOf(attempts, now)} />,
		},
		{
			label: t("directory"),
			value: t("people", { count: directory.users }),
			note: last ? t.rich("last", { at: () => <Time at={last} /> }) : t("noRequest"),
			href: "#directory",
		},
		{
			label: t("waysBack"),
			value: t("codes", { count: ways.codes }),
			note: t("holders", { count: ways.holders, of: ways.admins }),
			href: "#policy-codes",
		},
	];
}

/** The last 24 hours, oldest first. */
function hoursOf(attempts: readonly Attempt[], now: Date): Hour[] {
	const hours: Hour[] = Array.from({ length: 24 }, () => ({ let: 0, refused: 0 }));
	for (const { at, outcome } of attempts) {
		const hour = hours[23 - Math.floor((now.getTime() - at.getTime()) / 3_600_000)];
		if (!hour) continue;
		if (outcome === "refuse") hour.refused += 1;
		else hour.let += 1;
	}
	return hours;
}
