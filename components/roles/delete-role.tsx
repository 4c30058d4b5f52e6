"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { DeleteHeld } from "@/components/impact/delete-held";
import type { ImpactView } from "@/components/impact/impact-dialog";
import type { RefusalView } from "@/components/refusal-band";
import { SelectField, type SelectOption } from "@/components/ui/select";

/** Deleting a role: which one takes its place, and the places that name it, in words. */
export function DeleteRole({
	name,
	places,
	others,
	instead,
	word,
	listHref,
	preview,
	remove,
}: {
	name: string;
	places: readonly string[];
	/** The roles that can take its place, and the one suggested. */
	others: readonly SelectOption[];
	instead: string;
	word: string;
	listHref: string;
	preview: (to: string) => Promise<ImpactView | RefusalView>;
	remove: (to: string) => Promise<{ ok: true } | RefusalView>;
}) {
	const t = useTranslations("roles.danger");
	const [to, setTo] = useState(instead);
	return (
		<DeleteHeld
			texts={{
				title: t("title"),
				delete: t("delete"),
				sentence: t("sentence"),
				button: t("button"),
				question: t("question", { name }),
				deleted: t("deleted", { name }),
			}}
			confirm={(count) => t("confirm", { name, count })}
			word={word}
			listHref={listHref}
			preview={() => preview(to)}
			remove={() => remove(to)}
		>
			{(look) => (
				<>
					<SelectField
						label={t("instead", { name })}
						hint={t("insteadHint")}
						options={others}
						value={to}
						onChange={({ target }) => {
							const { value } = target;
							setTo(value);
							look(() => preview(value));
						}}
					/>
					{places.length > 0 ? (
						<div className="text-sm">
							<p className="font-medium">{t("list")}</p>
							<ul className="mt-1 list-disc pl-5 text-ink-2">
								{places.map((place) => (
									<li key={place}>{place}</li>
								))}
							</ul>
						</div>
					) : null}
				</>
			)}
		</DeleteHeld>
	);
}
