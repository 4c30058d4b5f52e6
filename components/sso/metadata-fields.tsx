"use client";
import { useTranslations } from "next-intl";
import { SelectField } from "@/components/ui/select";
import { TextArea, TextField } from "@/components/ui/text-field";
import type { SamlDraft } from "@/lib/sso/draft";
import type { ConnectionForm } from "./use-connection-form";

/** A file larger than any metadata is not read into the field. */
const mostBytes = 300_000;

/** Where the provider's side comes from: an address, a file or its text, or by hand. */
export function MetadataFields({
	state,
	provider,
	stored,
	onChange,
}: {
	state: ConnectionForm<SamlDraft>;
	provider: string;
	/** Something of the provider is stored, and may be kept. */
	stored: boolean;
	/** Something was entered: what was read before is of the past. */
	onChange: () => void;
}) {
	const t = useTranslations("connection");
	const { form, fieldProps } = state;
	const source = form.watch("source");
	const choices = (["url", "xml", "hand", "none"] as const).map((value) => ({
		value,
		label: t(`saml.source.${value === "none" && stored ? "keep" : value}`),
	}));
	return (
		<div className="space-y-4" onChange={onChange}>
			<SelectField label={t("fields.source")} options={choices} {...fieldProps("source")} />
			{source === "url" ? (
				<TextField
					mono
					label={t("fields.metadataUrl")}
					placeholder="https://"
					hint={t("hints.metadataUrl")}
					inputMode="url"
					autoComplete="off"
					{...fieldProps("metadataUrl")}
				/>
			) : null}
			{source === "xml" ? (
				<div className="space-y-3">
					<label className="block text-sm font-medium">
						<span className="mb-1.5 block">{t("fields.metadataFile")}</span>
						<input
							type="file"
							accept=".xml,application/xml,text/xml,application/samlmetadata+xml"
							className="block w-full text-sm text-ink-2 file:mr-3 file:h-8 file:rounded-md file:border file:border-line-2 file:bg-paper file:px-3 file:text-sm file:font-medium file:text-ink max-md:file:h-11"
							onChange={async (event) => {
								const file = event.target.files?.[0];
								if (!file) return;
								if (file.size > mostBytes) {
									form.setError("metadataXml", { message: t("problems.too_long") });
									return;
								}
								form.setValue("metadataXml", await file.text(), {
									shouldDirty: true,
									shouldValidate: true,
								});
								onChange();
							}}
						/>
					</label>
					<TextArea
						mono
						rows={6}
						label={t("fields.metadataXml")}
						placeholder="<EntityDescriptor …>"
						hint={t("hints.metadataXml")}
						{...fieldProps("metadataXml")}
					/>
				</div>
			) : null}
			{source === "hand" ? (
				<div className="grid gap-4 md:grid-cols-2">
					<TextField
						mono
						label={t("fields.entityId", { provider })}
						className="md:col-span-2"
						autoComplete="off"
						{...fieldProps("entityId")}
					/>
					<TextField
						mono
						label={t("fields.ssoUrl")}
						inputMode="url"
						autoComplete="off"
						{...fieldProps("ssoUrl")}
					/>
					<SelectField
						label={t("fields.ssoBinding")}
						options={(["redirect", "post"] as const).map((value) => ({
							value,
							label: t(`saml.bindings.${value}`),
						}))}
						{...fieldProps("ssoBinding")}
					/>
					<TextField
						mono
						label={t("fields.sloUrl")}
						aside={t("optional")}
						inputMode="url"
						autoComplete="off"
						className="md:col-span-2"
						{...fieldProps("sloUrl")}
					/>
					<TextArea
						mono
						rows={6}
						label={t("fields.certificates")}
						placeholder="-----BEGIN CERTIFICATE-----"
						hint={t("hints.certificates")}
						className="md:col-span-2"
						{...fieldProps("certificates")}
					/>
				</div>
			) : null}
		</div>
	);
}
