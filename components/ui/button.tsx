import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx";
import { Spinner } from "./spinner";

/**
 * `ink` the one main action of a view; `open` only for what lets people in; `line` everything else;
 * `quiet` in tables and bars; `stop` opens a confirmation ("Remove…"), `stop-fill` stands inside it.
 */
export type ButtonVariant = "ink" | "open" | "line" | "quiet" | "stop" | "stop-fill";
export type ButtonSize = "sm" | "md" | "lg";

const variants: Record<ButtonVariant, string> = {
	ink: "border-transparent bg-ink text-paper hover:bg-ink-2",
	open: "border-transparent bg-pass-fill text-on-fill hover:bg-pass",
	line: "border-line-2 bg-paper text-ink hover:border-edge hover:bg-ground",
	quiet: "border-transparent text-ink-2 hover:bg-sunk hover:text-ink",
	stop: "border-stop-line bg-paper text-stop hover:border-stop hover:bg-stop-tint",
	"stop-fill": "border-transparent bg-stop-fill text-on-fill hover:bg-stop",
};

const sizes: Record<ButtonSize, string> = {
	sm: "h-7 px-2 text-sm max-md:h-11 max-md:px-3",
	md: "h-8 px-3 text-sm max-md:h-11",
	lg: "h-11 px-4 text-base",
};

const unavailableLook =
	"cursor-default border-line bg-sunk text-ink-3 hover:border-line hover:bg-sunk hover:text-ink-3";

/** The look of a button, for what is a button in another element's clothes. */
export function buttonClass(variant: ButtonVariant = "line", size: ButtonSize = "md"): string {
	return cx(
		"inline-flex shrink-0 items-center justify-center gap-2 whitespace-nowrap rounded-md border font-medium no-underline transition-colors select-none active:translate-y-px",
		"[&_svg]:size-[15px] [&_svg]:shrink-0 [&_svg]:stroke-[1.6]",
		sizes[size],
		variants[variant],
	);
}

type Common = { variant?: ButtonVariant; size?: ButtonSize; icon?: ReactNode };

export type ButtonProps = Omit<ComponentProps<"button">, "disabled"> &
	Common & {
		/** Under way: keeps the width, shows a spinner, and takes no further press. */
		busy?: boolean;
		/** What it says while busy: "Testing…". Without it there is only the spinner. */
		busyLabel?: string;
		/** Not available: the id of the `<Reason>` that says why. It stays in the tab order. */
		unavailable?: string | false | undefined;
	};

/** A button whose label is its effect. It submits only where `type="submit"` is given. */
export function Button({
	variant = "line",
	size = "md",
	icon,
	busy = false,
	busyLabel,
	unavailable,
	className,
	children,
	type = "button",
	onClick,
	...rest
}: ButtonProps) {
	const off = Boolean(unavailable);
	const inert = off || busy;
	return (
		<button
			{...rest}
			type={inert ? "button" : type}
			// An inert button that submitted before must not act on its form either.
			{...(inert ? { formAction: undefined, name: undefined } : { onClick })}
			data-main={variant === "ink" || variant === "open" || undefined}
			aria-disabled={inert || undefined}
			aria-describedby={unavailable || rest["aria-describedby"]}
			className={cx(buttonClass(off ? "line" : variant, size), off && unavailableLook, className)}
		>
			<Label icon={icon} busy={busy} busyLabel={busyLabel}>
				{children}
			</Label>
		</button>
	);
}

/** A link that looks like a button. */
export function ButtonLink({
	variant = "line",
	size = "md",
	icon,
	className,
	children,
	...rest
}: ComponentProps<typeof Link> & Common) {
	return (
		<Link {...rest} className={cx(buttonClass(variant, size), className)}>
			{icon}
			{children}
		</Link>
	);
}

/** Both texts share one cell, so the button does not change its width between them. */
function Label({
	icon,
	busy,
	busyLabel,
	children,
}: {
	icon: ReactNode;
	busy: boolean;
	busyLabel: string | undefined;
	children: ReactNode;
}) {
	const one = "col-start-1 row-start-1 inline-flex items-center justify-center gap-2";
	if (!busy && !busyLabel)
		return (
			<>
				{icon}
				{children}
			</>
		);
	return (
		<span className="grid">
			<span className={cx(one, busy && "invisible")}>
				{icon}
				{children}
			</span>
			<span className={cx(one, !busy && "invisible")}>
				{busy ? <Spinner silent={Boolean(busyLabel)} /> : <span className="size-4" />}
				{busyLabel ?? (busy ? <span className="sr-only">{children}</span> : null)}
			</span>
		</span>
	);
}
