"use client";
import { FlaskConical } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect, useRef, useState, useTransition } from "react";
import { useForm } from "react-hook-form";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { ActionBar } from "@/components/ui/action-bar";
import { Button } from "@/components/ui/button";
import { CopyField } from "@/components/ui/copy-field";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Panel, PanelBody } from "@/components/ui/panel";
import { SecretField, TextField } from "@/components/ui/text-field";
import { useToast } from "@/components/ui/toast";
import { type DraftProblems, type OidcDraft, parseDraft } from "@/lib/sso/draft";

type Problems = { ok: false; reason: "malformed"; problems: DraftProblems };
type Refused = Problems | RefusalView;

export type ConnectionActions = {
	save: (id: string | null, values: OidcDraft) => Promise<{ ok: true; id: string } | Refused>;
	test: (
		id: string | null,
		values: OidcDraft,
	) => Promise<{ ok: true; url: string; testId: string } | Refused>;
	/** Whether a test that was begun has ended. */
	ended: (testId: string) => Promise<boolean>;
};

const fieldOrder = [
	"name",
	"issuer",
	"clientId",
	"clientSecret",
	"secretExpiresOn",
	"discoveryEndpoint",
] as const satisfies (keyof OidcDraft)[];

type Field = (typeof fieldOrder)[number];

/**
 * What is exchanged with an OpenID provider. The browser reads the fields as the server does, the
 * server asks the provider itself, and everything typed stays when it refuses.
 */
export function ConnectionForm({
	id,
	initial,
	words,
	redirectUri,
	secretSet,
	actions,
	backHref,
	result,
}: {
	/** The connection being edited; null for a new one. */
	id: string | null;
	initial: OidcDraft;
	/** The provider's own words. */
	words: { provider: string; redirectUriLabel: string; issuerExample: string };
	redirectUri: string;
	/** "Set 12 Mar by Maya Lindqvist", where a secret is stored. */
	secretSet: string | null;
	actions: ConnectionActions;
	backHref: string;
	/** The last test, rendered by the server. */
	result: ReactNode;
}) {
	const t = useTranslations("connection");
	const router = useRouter();
	const toast = useToast();
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [saving, startSaving] = useTransition();
	const { testing, begin, cancel } = useTest(actions, () => router.refresh());
	const { register, handleSubmit, getValues, setError, clearErrors, formState } =
		useForm<OidcDraft>({
			defaultValues: initial,
			mode: "onBlur",
			resolver: (values) => {
				const read = parseDraft(values);
				if (read.ok && read.draft.protocol === "oidc") return { values: read.draft, errors: {} };
				if (read.ok) return { values, errors: {} };
				const errors = Object.entries(read.problems).map(([field, code]) => [
					field,
					{ type: code, message: t(`problems.${code}`) },
				]);
				return { values: {}, errors: Object.fromEntries(errors) };
			},
		});

	const show = (refused: Refused) => {
		if (refused.reason === "malformed" && "problems" in refused) {
			for (const [field, code] of Object.entries(refused.problems))
				setError(field as Field, { type: code, message: t(`problems.${code}`) });
			return;
		}
		if (!("why" in refused)) return;
		const field = fieldOrder.find((name) => name === refused.field);
		if (field) setError(field, { type: refused.reason, message: `${refused.why} ${refused.fix}` });
		else setRefusal(refused);
	};
	const save = handleSubmit((values) =>
		startSaving(async () => {
			setRefusal(null);
			const done = await actions.save(id, values);
			if (!done.ok) return show(done);
			toast(t("saved", { provider: words.provider }));
			router.push(backHref);
		}),
	);
	const test = handleSubmit(async () => {
		setRefusal(null);
		clearErrors();
		const refused = await begin(id, getValues());
		if (refused) show(refused);
	});

	const { errors } = formState;
	const fieldProps = (name: Field) => ({
		...register(name),
		id: `connection-${name}`,
		error: errors[name]?.message,
	});
	const summary = fieldOrder.flatMap((name) => {
		const message = errors[name]?.message;
		return message && formState.isSubmitted ? [{ id: `connection-${name}`, message }] : [];
	});
	return (
		<form method="post" onSubmit={save} noValidate className="space-y-6">
			{summary.length > 1 ? <ErrorSummary errors={summary} /> : null}
			{refusal ? <RefusalBand refusal={refusal} /> : null}
			<Panel>
				<PanelBody>
					<h2 className="font-serif text-head font-semibold">{t("give", words)}</h2>
					<p className="mb-4 text-sm text-ink-2">{t("giveLead")}</p>
					<CopyField label={words.redirectUriLabel} value={redirectUri} />
				</PanelBody>
				<PanelBody className="space-y-4">
					<h2 className="font-serif text-head font-semibold">{t("bring", words)}</h2>
					<TextField label={t("fields.name")} hint={t("hints.name")} {...fieldProps("name")} />
					<TextField
						mono
						label={t("fields.issuer")}
						placeholder={words.issuerExample}
						inputMode="url"
						autoComplete="off"
						{...fieldProps("issuer")}
					/>
					<div className="grid gap-4 md:grid-cols-2">
						<TextField
							mono
							label={t("fields.clientId")}
							autoComplete="off"
							{...fieldProps("clientId")}
						/>
						<SecretField
							label={t("fields.clientSecret")}
							aside={secretSet ? t("keep") : undefined}
							set={secretSet ?? undefined}
							{...fieldProps("clientSecret")}
						/>
						<TextField
							type="date"
							label={t("fields.secretExpiresOn")}
							aside={t("optional")}
							hint={t("hints.secretExpiresOn", words)}
							{...fieldProps("secretExpiresOn")}
						/>
						<TextField
							mono
							label={t("fields.discoveryEndpoint")}
							aside={t("optional")}
							placeholder="{issuer}/.well-known/openid-configuration"
							hint={t("hints.discoveryEndpoint", words)}
							autoComplete="off"
							{...fieldProps("discoveryEndpoint")}
						/>
					</div>
				</PanelBody>
			</Panel>
			<div aria-live="polite">{result}</div>
			<ActionBar
				actions={
					<>
						{testing === "waiting" ? (
							<Button variant="quiet" onClick={cancel}>
								{t("stopWaiting")}
							</Button>
						) : null}
						<Button
							icon={<FlaskConical aria-hidden />}
							busy={testing !== null}
							busyLabel={testing === "asking" ? t("asking") : t("testing")}
							onClick={() => void test()}
						>
							{t("test")}
						</Button>
						<Button type="submit" variant="ink" busy={saving} busyLabel={t("saving")}>
							{t("save")}
						</Button>
					</>
				}
			>
				{testing === "waiting" ? t("waitingFor", words) : t("nobody")}
			</ActionBar>
		</form>
	);
}

/**
 * Runs a test in a tab of its own, so that the form and what was typed stay. Asks once a second
 * whether it has ended, for as long as a sign-in may take.
 */
function useTest(actions: ConnectionActions, onEnd: () => void) {
	const [testing, setTesting] = useState<"asking" | "waiting" | null>(null);
	const timer = useRef<ReturnType<typeof setInterval>>(undefined);
	useEffect(() => () => clearInterval(timer.current), []);
	const cancel = () => {
		clearInterval(timer.current);
		setTesting(null);
	};
	const begin = async (id: string | null, values: OidcDraft): Promise<Refused | null> => {
		setTesting("asking");
		// Opened by the press itself: a tab opened after the answer would be blocked.
		const tab = window.open("about:blank", "_blank");
		const started = await actions.test(id, values);
		if (!started.ok) {
			tab?.close();
			setTesting(null);
			return started;
		}
		if (!tab) {
			window.location.assign(started.url);
			return null;
		}
		tab.opener = null;
		tab.location.href = started.url;
		setTesting("waiting");
		const giveUp = Date.now() + 10 * 60_000;
		timer.current = setInterval(async () => {
			const over = Date.now() > giveUp || (await actions.ended(started.testId));
			if (!over) return;
			cancel();
			onEnd();
		}, 1000);
		return null;
	};
	return { testing, begin, cancel };
}
