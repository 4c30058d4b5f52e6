"use client";
import { Check, Copy } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useId, useRef, useState } from "react";
import { cx } from "./cx";

/** Puts text on the clipboard; by selection where the page has no clipboard of its own (plain http). */
async function toClipboard(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		const area = document.createElement("textarea");
		area.value = text;
		area.readOnly = true;
		area.className = "sr-only";
		// Inside an open dialog, where the rest of the page cannot take the selection.
		(document.activeElement?.closest("[role=dialog]") ?? document.body).append(area);
		area.select();
		const done = document.execCommand("copy");
		area.remove();
		return done;
	}
}

/** Copies, and says so for two seconds. */
export function useCopy(value: string) {
	const [copied, setCopied] = useState(false);
	const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
	useEffect(() => () => clearTimeout(timer.current), []);
	const copy = async () => {
		if (!(await toClipboard(value))) return;
		setCopied(true);
		clearTimeout(timer.current);
		timer.current = setTimeout(() => setCopied(false), 2000);
	};
	return { copied, copy };
}

type CopyProps = {
	value: string;
	/** What is copied, for those who hear the button: "Sign-in redirect URI". */
	what: string;
	className?: string;
	/** Called after a copy, for a guide that ticks itself. */
	onCopy?: () => void;
};

/** Copy, as the joined right part of a value. Also used alone beside wrapped values. */
export function CopyJoined({ value, what, className, onCopy }: CopyProps) {
	const t = useTranslations("ui.copy");
	const { copied, copy } = useCopy(value);
	return (
		<>
			<button
				type="button"
				onClick={() => copy().then(onCopy)}
				aria-label={t("name", { what })}
				className={cx(
					"grid shrink-0 items-center px-3 text-sm font-medium transition-colors hover:bg-ground",
					className,
				)}
			>
				{[false, true].map((done) => (
					<span
						key={String(done)}
						aria-hidden
						className={cx(
							"col-start-1 row-start-1 flex items-center justify-center gap-2",
							done && "text-pass",
							done !== copied && "invisible",
						)}
					>
						{done ? (
							<Check className="size-[15px] stroke-[1.6]" />
						) : (
							<Copy className="size-[15px] stroke-[1.6] text-ink-2" />
						)}
						{done ? t("copied") : t("copy")}
					</span>
				))}
			</button>
			<span role="status" className="sr-only">
				{copied ? t("done") : ""}
			</span>
		</>
	);
}

/**
 * A value to copy: the provider's word above, the value in mono, a joined Copy. Long values are cut
 * at the end on screen and copied whole. `lg` is the sign-in page's code.
 */
export function CopyField({
	label,
	hideLabel,
	value,
	size = "md",
	className,
	onCopy,
}: {
	label: string;
	hideLabel?: boolean;
	value: string;
	size?: "md" | "lg";
	className?: string;
	onCopy?: () => void;
}) {
	const id = useId();
	return (
		<div className={cx("min-w-0", className)}>
			<label htmlFor={id} className={hideLabel ? "sr-only" : "mb-1.5 block text-sm font-medium"}>
				{label}
			</label>
			<div
				className={cx(
					"flex items-stretch overflow-hidden rounded-md border border-line-2",
					"has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-offset-2 has-[input:focus-visible]:outline-focus",
					size === "lg" ? "h-10 bg-paper max-md:h-11" : "h-8 bg-sunk max-md:h-11",
				)}
			>
				<input
					id={id}
					readOnly
					value={value}
					onFocus={(event) => event.currentTarget.select()}
					className={cx(
						"mono min-w-0 flex-1 truncate bg-transparent px-3 outline-none",
						size === "lg" ? "text-lg" : "text-sm",
					)}
				/>
				<CopyJoined
					value={value}
					what={label}
					{...(onCopy ? { onCopy } : {})}
					className="border-l border-line-2 -outline-offset-2"
				/>
			</div>
		</div>
	);
}
