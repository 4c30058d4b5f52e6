"use client";
import { ChevronDown } from "lucide-react";
import Link from "next/link";
import { useFormatter, useTranslations } from "next-intl";
import { type ReactNode, useId, useState } from "react";
import { ArchTile } from "@/components/ui/arch-tile";
import { CopyField } from "@/components/ui/copy-field";
import { cx } from "@/components/ui/cx";
import { Line, Station } from "@/components/ui/line";
import { Panel, PanelBody, PanelFoot, PanelRow } from "@/components/ui/panel";
import { type Guide, type GuideProtocol, type OurValue, stepsDone } from "@/lib/sso/guides";
import { useGuideFacts } from "./guide-facts";
import { Words } from "./words";

/** Our values under each name a guide may use. A value that does not exist here is left out. */
export type OurValues = Partial<Record<OurValue, string>>;

/**
 * What to do at the provider, beside the form from 1200 px and above it, closed, below that. Steps
 * tick themselves from the facts of the nearest `GuideFacts`.
 */
export function GuidePane({
	guide,
	protocol,
	provider,
	values,
	directoryHref,
}: {
	guide: Guide;
	protocol: GuideProtocol;
	provider: string;
	values: OurValues;
	/** Where the steps of directory sync are, for a guide that leads on to them. */
	directoryHref?: string | undefined;
}) {
	const t = useTranslations("guide");
	const format = useFormatter();
	const { facts, note } = useGuideFacts();
	const [open, setOpen] = useState(false);
	const id = useId();
	const ending =
		protocol === "scim"
			? []
			: ([
					{ title: t("test.title"), text: t("test.text"), until: "tested" },
					{ title: t("active.title"), text: t("active.text"), until: "active" },
					{ title: t("next.title"), text: t("next.text") },
				] satisfies Guide["steps"]);
	const steps: Guide["steps"] = [...guide.steps, ...ending];
	const done = stepsDone(steps, facts);
	return (
		<Panel>
			<div className="flex items-center gap-3 px-5 py-3.5 max-md:px-4">
				<ArchTile size="sm">{provider}</ArchTile>
				<h2 className="min-w-0 flex-1 font-medium">{guide.console}</h2>
				<button
					type="button"
					aria-expanded={open}
					aria-controls={id}
					onClick={() => setOpen(!open)}
					className="flex min-h-8 items-center gap-2 text-sm font-medium max-md:min-h-11 lg:hidden"
				>
					{t(open ? "hide" : "show")}
					<ChevronDown
						aria-hidden
						className={cx("size-4 stroke-[1.6] transition-transform", open && "rotate-180")}
					/>
				</button>
			</div>
			<div
				id={id}
				className={cx("[&>*+*]:border-t [&>*+*]:border-line", open ? "" : "max-lg:hidden")}
			>
				{guide.advice || guide.untested ? (
					<Note title={t("advice")}>
						{guide.advice ? (
							<p>
								<Words>{guide.advice}</Words>
							</p>
						) : null}
						{guide.untested ? (
							<p>{t("untested", { provider, protocol: t(`protocols.${protocol}`) })}</p>
						) : null}
					</Note>
				) : null}
				<PanelBody>
					<p className="sr-only">{t("progress", { done, of: steps.length })}</p>
					<Line label={t("title", { provider })}>
						{steps.map((step, index) => (
							<Station
								key={step.title}
								number={index + 1}
								state={index < done ? "done" : index === done ? "current" : "waiting"}
								title={step.title}
							>
								<Words>{step.text}</Words>
								<Given step={step} values={values} onCopy={(of) => note(`copied:${of}`)} />
							</Station>
						))}
					</Line>
					{directoryHref ? (
						<p className="mt-3 text-sm">
							<Link href={directoryHref} className="link">
								{t("directory")}
							</Link>
						</p>
					) : null}
				</PanelBody>
				<Release guide={guide} protocol={protocol} />
				{guide.trouble.length > 0 ? (
					<Folded title={t("trouble")}>
						<dl className="space-y-2">
							{guide.trouble.map(({ says, cause }) => (
								<div key={says}>
									<dt className="text-ink">
										<Words>{says}</Words>
									</dt>
									<dd>
										<Words>{cause}</Words>
									</dd>
								</div>
							))}
						</dl>
					</Folded>
				) : null}
				{guide.good.length + guide.links.length > 0 ? (
					<Folded title={t("good")}>
						<ul className="space-y-2">
							{guide.good.map((sentence) => (
								<li key={sentence}>
									<Words>{sentence}</Words>
								</li>
							))}
							{guide.links.map(({ label, url }) => (
								<li key={url}>
									<a href={url} className="link" target="_blank" rel="noreferrer">
										{label}
									</a>
								</li>
							))}
						</ul>
					</Folded>
				) : null}
				<PanelFoot>
					{t("checked", {
						on: format.dateTime(new Date(`${guide.checkedOn}T12:00:00Z`), {
							day: "numeric",
							month: "long",
							year: "numeric",
						}),
					})}
				</PanelFoot>
			</div>
		</Panel>
	);
}

/** Our values of one step, under the provider's names. */
function Given({
	step,
	values,
	onCopy,
}: {
	step: Guide["steps"][number];
	values: OurValues;
	onCopy: (of: OurValue) => void;
}) {
	const t = useTranslations("guide");
	return step.values?.map(({ of, label, optional }) => {
		const value = values[of];
		if (value === undefined) return null;
		return (
			<CopyField
				key={`${of} ${label}`}
				className="mt-2"
				label={optional ? `${label} (${t("optional")})` : label}
				value={value}
				onCopy={() => onCopy(of)}
			/>
		);
	});
}

/** The scopes and claims, or the attributes, that the provider must release. */
function Release({ guide, protocol }: { guide: Guide; protocol: GuideProtocol }) {
	const t = useTranslations("guide");
	if (protocol === "scim") return null;
	if (protocol === "oidc")
		return (
			<Note title={t("scopes")}>
				<p>
					<Words>{t("scopesText")}</Words>
				</p>
				<p className="mt-2 font-medium text-ink">{t("claims")}</p>
				<p>
					<Words>{t("claimsText")}</Words>
				</p>
			</Note>
		);
	return (
		<Note title={t("attributes")}>
			<dl className="space-y-2">
				{guide.release.map(({ name, from, means }) => (
					<div key={name}>
						<dt>
							<code className="text-ink [overflow-wrap:anywhere]">{name}</code>{" "}
							{t("from", { source: from })}
						</dt>
						<dd>{means}</dd>
					</div>
				))}
			</dl>
			<p className="mt-2">{t("attributesNote")}</p>
		</Note>
	);
}

function Note({ title, children }: { title: string; children: ReactNode }) {
	return (
		<PanelRow className="text-sm text-ink-2">
			<p className="font-medium text-ink">{title}</p>
			{children}
		</PanelRow>
	);
}

function Folded({ title, children }: { title: string; children: ReactNode }) {
	return (
		<details>
			<summary className="cursor-pointer px-5 py-2.5 text-sm text-ink-2 hover:text-ink max-md:px-4 max-md:py-3.5">
				{title}
			</summary>
			<div className="px-5 pb-3.5 text-sm text-ink-2 max-md:px-4">{children}</div>
		</details>
	);
}
