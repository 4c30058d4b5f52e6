import { useTranslations } from "next-intl";
import type { FieldPath } from "react-hook-form";
import { Folded } from "@/components/ui/folded";
import { TextField } from "@/components/ui/text-field";
import type { Draft } from "@/lib/sso/draft";
import type { ConnectionForm } from "./use-connection-form";

const mapped = ["email", "name", "givenName", "familyName", "subject"] as const;

/** What is read by which name. Blank reads the names that providers of this protocol usually send. */
export function MappingFields<D extends Draft>({
	state,
	protocol,
	open,
}: {
	state: ConnectionForm<D>;
	protocol: Draft["protocol"];
	open: boolean;
}) {
	const t = useTranslations("connection.mapping");
	const group = state.fieldProps("claimMapping" as FieldPath<D>).error;
	return (
		<Folded title={t(`title.${protocol}`)} note={t(`lead.${protocol}`)} open={open}>
			{group ? <p className="mb-3 text-sm text-stop">{group}</p> : null}
			<div className="grid gap-4 md:grid-cols-2">
				{mapped.map((field) => (
					<TextField
						key={field}
						mono
						label={t(`fields.${field}`)}
						placeholder={t(`usual.${protocol}.${field}`)}
						hint={field === "subject" ? t(`subjectHint.${protocol}`) : undefined}
						autoComplete="off"
						{...state.fieldProps(`claimMapping.${field}` as FieldPath<D>)}
					/>
				))}
			</div>
		</Folded>
	);
}
