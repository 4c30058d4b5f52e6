"use client";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { type DefaultValues, type FieldPath, type Resolver, useForm } from "react-hook-form";
import type { RefusalView } from "@/components/refusal-band";
import { useToast } from "@/components/ui/toast";
import { useLeaveGuard } from "@/components/use-leave-guard";
import { type Draft, parseDraft } from "@/lib/sso/draft";
import { type ConnectionActions, type Refused, useTest } from "./use-test";

/**
 * A connection's form: the browser reads the fields as the server does, the server asks the provider
 * itself, and everything typed stays when it refuses.
 * @param fields in the order they stand, for the summary of what is wrong.
 */
export function useConnectionForm<D extends Draft>({
	id,
	initial,
	fields,
	actions,
	provider,
	leadTo,
}: {
	id: string | null;
	initial: D;
	fields: readonly FieldPath<D>[];
	actions: ConnectionActions;
	provider: string;
	/** Where to go once it is saved. */
	leadTo: (id: string) => string;
}) {
	const t = useTranslations("connection");
	const router = useRouter();
	const toast = useToast();
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [saving, startSaving] = useTransition();
	const { testing, begin, cancel } = useTest(actions);
	// A new one that was saved on the way to being turned on is edited from then on.
	const [known, setKnown] = useState(id);
	const [instead, setInstead] = useState<{ field: FieldPath<D>; value: string } | null>(null);
	const resolver: Resolver<D> = (values) => {
		const read = parseDraft(values);
		if (read.ok) return { values: read.draft as D, errors: {} };
		const errors = Object.entries(read.problems).map(([field, code]) => [
			field,
			{ type: code, message: t(`problems.${code}`) },
		]);
		return { values: {}, errors: Object.fromEntries(errors) };
	};
	const form = useForm<D>({
		defaultValues: initial as DefaultValues<D>,
		mode: "onBlur",
		resolver,
	});
	const { errors, isDirty, isSubmitted } = form.formState;
	useLeaveGuard(isDirty && !saving);

	const show = (refused: Refused) => {
		if (refused.reason === "malformed" && "problems" in refused) {
			for (const [field, code] of Object.entries(refused.problems))
				form.setError(field as FieldPath<D>, { type: code, message: t(`problems.${code}`) });
			return;
		}
		if (!("why" in refused)) return;
		const field = fields.find((name) => name === refused.field);
		const message = `${refused.why} ${refused.fix}`;
		if (!field) return setRefusal(refused);
		form.setError(field, { type: refused.reason, message });
		setInstead(refused.instead ? { field, value: refused.instead } : null);
	};
	const save = form.handleSubmit((values) =>
		startSaving(async () => {
			setRefusal(null);
			const done = await actions.save(known, values);
			if (!done.ok) return show(done);
			toast(t("saved", { provider }));
			router.push(leadTo(done.id));
		}),
	);
	const [enabling, startEnabling] = useTransition();
	const saveAndEnable = (values: D) =>
		startEnabling(async () => {
			setRefusal(null);
			const saved = await actions.save(known, values);
			if (!saved.ok) return show(saved);
			setKnown(saved.id);
			const done = await actions.enable(saved.id, true);
			if (!done.ok) {
				form.reset(form.getValues());
				return setRefusal(done);
			}
			toast(t("enabled", { provider }));
			router.push(leadTo(saved.id));
		});
	const runTest = async (onEnd: (passed: boolean) => void) => {
		setRefusal(null);
		form.clearErrors();
		const refused = await begin(known, form.getValues(), onEnd);
		if (refused) show(refused);
	};
	const test = form.handleSubmit(() => runTest(() => router.refresh()));
	/** Turns it on with what stands in the form; by a proof, only once a test of it has passed. */
	const enable = (by: "switch" | "proof") =>
		form.handleSubmit((values) =>
			by === "switch"
				? saveAndEnable(values)
				: runTest((passed) => (passed ? saveAndEnable(values) : router.refresh())),
		)();
	const messageOf = (name: FieldPath<D>) =>
		form.getFieldState(name, form.formState).error?.message ??
		// A problem of a group of fields stands at the group.
		(errors as Record<string, { message?: string } | undefined>)[name]?.message;
	return {
		form,
		refusal,
		/** Shows what an action of the form's own was refused for. */
		show,
		save,
		saving,
		test,
		testing,
		cancelTest: cancel,
		enable,
		enabling,
		/** What a field should have instead, as the provider says, and how to take that. */
		instead: instead && {
			...instead,
			take: () => {
				form.setValue(instead.field, instead.value as never, {
					shouldDirty: true,
					shouldValidate: true,
				});
				setInstead(null);
				form.setFocus(instead.field);
			},
		},
		/** What a control of the form takes. */
		fieldProps: (name: FieldPath<D>) => ({
			...form.register(name),
			id: `connection-${name}`,
			error: messageOf(name),
		}),
		/** What is wrong, once somebody has tried to go on. */
		summary: fields.flatMap((name) => {
			const message = messageOf(name);
			return message && isSubmitted ? [{ id: `connection-${name}`, message }] : [];
		}),
	};
}

export type ConnectionForm<D extends Draft> = ReturnType<typeof useConnectionForm<D>>;
