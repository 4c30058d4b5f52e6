import { useTranslations } from "next-intl";
import { Band } from "@/components/ui/band";
import { cx } from "@/components/ui/cx";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";

type CertificateView = {
	subject: string;
	fingerprint: string;
	expiresAt: Date;
	/** Against what is stored: present in both, coming, or going. */
	change: "same" | "added" | "removed";
	warn: "expired" | "soon" | null;
};

export type MetadataView = {
	rows: readonly {
		field: "entityId" | "ssoUrl" | "ssoBinding" | "sloUrl" | "sloResponseUrl";
		value: string;
		/** What is stored, where it differs. */
		before: string | null;
	}[];
	certificates: readonly CertificateView[];
	/** What saving would do to the proof and to the people. Null for what is stored. */
	effect: "first" | "same" | "kept" | "untested" | "namespace" | null;
};

const tones = {
	first: "note",
	same: "pass",
	kept: "pass",
	untested: "care",
	namespace: "care",
} as const;

/** The provider's side as it was read: each value, each certificate, and what would change. */
export function MetadataPreview({ view }: { view: MetadataView }) {
	const t = useTranslations("connection.saml.preview");
	const bindings = useTranslations("connection.saml.bindings");
	const shown = (field: string, value: string) => {
		if (!value) return t("none");
		return field === "ssoBinding" && bindings.has(value) ? bindings(value) : value;
	};
	return (
		<div className="overflow-clip rounded-lg border border-line">
			{view.effect ? (
				<Band tone={tones[view.effect]} title={t(`effect.${view.effect}.title`)} inset>
					{t(`effect.${view.effect}.body`)}
				</Band>
			) : null}
			<dl className="divide-y divide-line">
				{view.rows.map(({ field, value, before }) => (
					<div
						key={field}
						className={`grid gap-x-4 px-4 py-2.5 text-sm sm:grid-cols-[10rem_minmax(0,1fr)] ${before === null ? "" : "bg-note-tint"}`}
					>
						<dt className="text-ink-2">{t(`fields.${field}`)}</dt>
						<dd className={cx("[overflow-wrap:anywhere]", field !== "ssoBinding" && "mono")}>
							{before === null ? null : (
								<>
									<span className="sr-only">{t("before")} </span>
									<del className="text-ink-2">{shown(field, before)}</del>
									<span aria-hidden> → </span>
									<span className="sr-only">{t("after")} </span>
								</>
							)}
							{shown(field, value)}
						</dd>
					</div>
				))}
				{view.certificates.map(({ subject, fingerprint, expiresAt, change, warn }) => (
					<div
						key={fingerprint}
						className={`grid gap-x-4 px-4 py-2.5 text-sm sm:grid-cols-[10rem_minmax(0,1fr)] ${change === "same" ? "" : "bg-note-tint"}`}
					>
						<dt className="text-ink-2">{t("certificate")}</dt>
						<dd className="space-y-1">
							<div className={change === "removed" ? "line-through" : ""}>{subject}</div>
							<div className="mono text-ink-2 [overflow-wrap:anywhere]">{fingerprint}</div>
							<div className="flex flex-wrap items-center gap-2 text-ink-2">
								<span>{t.rich("expires", { on: () => <Time at={expiresAt} as="day" /> })}</span>
								{change === "same" ? null : <Tag tone="note">{t(change)}</Tag>}
								{warn ? <Tag tone={warn === "expired" ? "stop" : "care"}>{t(warn)}</Tag> : null}
							</div>
						</dd>
					</div>
				))}
			</dl>
		</div>
	);
}
