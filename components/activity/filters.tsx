import Form from "next/form";
import { useTranslations } from "next-intl";
import { Button, ButtonLink } from "@/components/ui/button";
import { SelectField, type SelectOption } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";

export type ActivityFilterValues = Record<"part" | "outcome" | "period" | "search", string>;

/** A GET form: the address holds what is asked for, and it works without a script. */
export function ActivityFilters({
	action,
	values,
	choices,
}: {
	action: string;
	values: ActivityFilterValues;
	choices: Record<"part" | "outcome" | "period", readonly SelectOption[]>;
}) {
	const t = useTranslations("activity.filter");
	return (
		<Form
			action={action}
			// A new address brings new values, which fields without a state of their own do not take.
			key={JSON.stringify(values)}
			className="mb-5 grid grid-cols-2 items-end gap-3 md:grid-cols-[minmax(0,2fr)_repeat(3,minmax(7.5rem,1fr))_auto]"
		>
			<TextField
				type="search"
				name="search"
				label={t("search")}
				defaultValue={values.search}
				autoComplete="off"
				maxLength={200}
				className="max-md:col-span-2 [&_input]:h-8 max-md:[&_input]:h-11"
			/>
			{(["part", "outcome", "period"] as const).map((name) => (
				<SelectField
					key={name}
					name={name}
					label={t(name)}
					defaultValue={values[name]}
					options={choices[name]}
				/>
			))}
			<div className="flex gap-2 max-md:[&>*]:flex-1">
				<Button type="submit">{t("show")}</Button>
				{Object.values(values).some(Boolean) ? (
					<ButtonLink href={action} variant="quiet">
						{t("clear")}
					</ButtonLink>
				) : null}
			</div>
		</Form>
	);
}
