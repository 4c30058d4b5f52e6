"use client";
import { useTranslations } from "next-intl";
import { useEffect, useId, useState } from "react";
import { cx } from "@/components/ui/cx";
import { TextField } from "@/components/ui/text-field";

type Strength = 0 | 1 | 2 | 3 | 4;

type Meter = (password: string, about: readonly string[]) => Strength;

let meter: Promise<Meter> | undefined;

/** Fetched when somebody begins to type: it is large, and most pages never need it. */
function loadMeter(): Promise<Meter> {
	meter ??= Promise.all([import("@zxcvbn-ts/core"), import("@zxcvbn-ts/language-common")]).then(
		([{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }]) => {
			const zxcvbn = new ZxcvbnFactory({ graphs: adjacencyGraphs, dictionary });
			// What is longer than this is strong, and would only take long to look at.
			return (password, about) => zxcvbn.check(password.slice(0, 64), [...about]).score;
		},
	);
	return meter;
}

/**
 * A field for a new password, with how hard it is to guess. The server decides: this only helps
 * while choosing, and without JavaScript it is a plain field.
 */
export function NewPasswordField({
	name,
	label,
	minimum,
	about,
	error,
	size = "lg",
	autoFocus,
}: {
	name: string;
	label: string;
	/** How many characters are needed. */
	minimum: number;
	/** Texts about the person and the workspace, which make a password easy to guess. */
	about: readonly string[];
	error?: string | undefined;
	size?: "md" | "lg";
	autoFocus?: boolean;
}) {
	const t = useTranslations("login.strength");
	const id = useId();
	const [value, setValue] = useState("");
	const [strength, setStrength] = useState<Strength | null>(null);
	useEffect(() => {
		if (!value) return setStrength(null);
		let current = true;
		const timer = setTimeout(async () => {
			const check = await loadMeter().catch(() => null);
			if (current && check) setStrength(check(value, about));
		}, 150);
		return () => {
			current = false;
			clearTimeout(timer);
		};
	}, [value, about]);
	const missing = Math.max(0, minimum - [...value.normalize("NFC")].length);
	return (
		<div>
			<TextField
				size={size}
				type="password"
				name={name}
				label={label}
				error={error}
				hint={t("hint", { minimum })}
				required
				autoComplete="new-password"
				value={value}
				onChange={(event) => setValue(event.target.value)}
				{...(autoFocus ? { autoFocus } : {})}
			/>
			<div aria-hidden className="mt-2 grid h-1 grid-cols-4 gap-1">
				{[1, 2, 3, 4].map((step) => (
					<span
						key={step}
						className={cx(
							"rounded-full transition-colors",
							strength !== null && strength >= step ? fill(strength) : "bg-line-2",
						)}
					/>
				))}
			</div>
			<p id={id} role="status" className="mt-1.5 min-h-5 text-sm text-ink-2">
				{value && missing > 0 ? t("missing", { count: missing }) : null}
				{value && missing === 0 && strength !== null ? t(`score.${strength}`) : null}
			</p>
		</div>
	);
}

/** The verdict in colour; the words below say the same. */
function fill(strength: Strength): string {
	if (strength <= 1) return "bg-stop-fill";
	return strength === 2 ? "bg-care-fill" : "bg-pass-fill";
}
