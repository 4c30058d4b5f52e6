import Form from "next/form";
import { useTranslations } from "next-intl";
import { Button, ButtonLink } from "@/components/ui/button";
import { SelectField } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";

export type FilterChoice = { value: string; label: string };

/** What the address of the list says; every part may be missing. */
export type FilterValues = {
	search?: string | undefined;
	role?: string | undefined;
	source?: string | undefined;
	status?: string | undefined;
	group?: string | undefined;
	sort?: string | undefined;
};

/** A GET form: the address holds the state, and it works without a script. */
export function Filters({
	action,
	values,
	choices,
}: {
	/** The list's own address. */
	action: string;
	values: FilterValues;
	choices: Record<"role" | "source" | "status" | "group" | "sort", readonly FilterChoice[]>;
}) {
	const t = useTranslations("members.filter");
	const any = { value: "", label: t("any") };
	const names = [
		"role",
		"status",
		"source",
		...(choices.group.length > 0 ? ["group"] : []),
	] as const;
	const narrowed = Object.entries(values).some(([name, value]) => value && name !== "sort");
	return (
		<Form
			action={action}
			// A new address brings new values, which fields without a state of their own do not take.
			key={JSON.stringify(values)}
			className="mb-5 grid grid-cols-2 items-end gap-3 md:grid-cols-[minmax(0,2fr)_repeat(auto-fit,minmax(7.5rem,1fr))]"
		>
			<TextField
				type="search"
				name="search"
				label={t("search")}
				defaultValue={values.search ?? ""}
				autoComplete="off"
				maxLength={200}
				className="max-md:col-span-2 [&_input]:h-8 max-md:[&_input]:h-11"
			/>
			{names.map((name) => (
				<SelectField
					key={name}
					name={name}
					label={t(name)}
					defaultValue={values[name as keyof FilterValues] ?? ""}
					options={[any, ...choices[name as keyof typeof choices]]}
				/>
			))}
			<SelectField
				name="sort"
				label={t("sort")}
				defaultValue={values.sort ?? "name"}
				options={choices.sort}
			/>
			<div className="flex gap-2 max-md:[&>*]:flex-1">
				<Button type="submit">{t("show")}</Button>
				{narrowed ? (
					<ButtonLink href={action} variant="quiet">
						{t("clear")}
					</ButtonLink>
				) : null}
			</div>
		</Form>
	);
}
