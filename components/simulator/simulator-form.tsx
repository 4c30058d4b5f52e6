"use client";
import Form from "next/form";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { SelectField, type SelectOption } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";

export type SimulatorValues = Record<
	"who" | "way" | "rules" | "active" | "directory" | "verified" | "group",
	string
>;

const typingMs = 500;

/** A GET form: the address holds what is tried. It asks anew as soon as something changes. */
export function SimulatorForm({
	action,
	values,
	choices,
}: {
	action: string;
	values: SimulatorValues;
	choices: Record<Exclude<keyof SimulatorValues, "who">, readonly SelectOption[]>;
}) {
	const t = useTranslations("simulator");
	const form = useRef<HTMLFormElement>(null);
	const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
	useEffect(() => () => clearTimeout(timer.current), []);
	const soon = (delay: number) => {
		clearTimeout(timer.current);
		timer.current = setTimeout(() => form.current?.requestSubmit(), delay);
	};
	const select = (name: keyof typeof choices, label: string) => (
		<SelectField
			name={name}
			label={label}
			defaultValue={values[name]}
			options={choices[name]}
			onChange={() => soon(0)}
		/>
	);
	return (
		<Form ref={form} action={action} replace scroll={false} className="space-y-4">
			<TextField
				type="email"
				name="who"
				label={t("who")}
				hint={t("whoHint")}
				defaultValue={values.who}
				autoComplete="off"
				maxLength={254}
				onChange={() => soon(typingMs)}
			/>
			{select("way", t("way"))}
			{select("rules", t("rules"))}
			<fieldset className="space-y-4 border-t border-line pt-4">
				<legend className="float-left mb-4 w-full text-sm font-medium">{t("suppose")}</legend>
				<div className="clear-both space-y-4">
					{select("active", t("active"))}
					{select("directory", t("directory"))}
					{select("verified", t("verified"))}
					{choices.group.length > 1 ? select("group", t("group")) : null}
				</div>
			</fieldset>
			<Button type="submit">{t("try")}</Button>
		</Form>
	);
}
