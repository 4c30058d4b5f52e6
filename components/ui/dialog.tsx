"use client";
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode, RefObject } from "react";
import { cx } from "./cx";

const widths = { sm: "md:max-w-md", md: "md:max-w-xl", lg: "md:max-w-[880px]" };

export type DialogProps = {
	open: boolean;
	onOpenChange: (open: boolean) => void;
	/** Asks or states; the button in the footer answers it. */
	title: ReactNode;
	description?: ReactNode;
	/** The row of buttons at the foot, the main one last. */
	footer?: ReactNode;
	size?: keyof typeof widths;
	/** Escape and a press outside do not close it. */
	locked?: boolean;
	initialFocus?: RefObject<HTMLElement | null>;
	children?: ReactNode;
};

/** A modal dialog; it keeps focus inside and gives it back. Full screen on a phone. */
export function Dialog({
	open,
	onOpenChange,
	title,
	description,
	footer,
	size = "sm",
	locked = false,
	initialFocus,
	children,
}: DialogProps) {
	const t = useTranslations("ui");
	return (
		<Base.Root
			open={open}
			disablePointerDismissal={locked}
			onOpenChange={(next, details) => {
				if (locked && !next && details.reason === "escape-key") return;
				onOpenChange(next);
			}}
		>
			<Base.Portal>
				<Base.Backdrop className="pop fixed inset-0 z-40 bg-veil" />
				<Base.Viewport className="fixed inset-0 z-50 flex items-center justify-center md:p-6">
					<Base.Popup
						{...(initialFocus ? { initialFocus } : {})}
						data-dialog
						className={cx(
							"pop flex w-full flex-col overflow-hidden bg-raised text-ink shadow-pop [--mark-ground:var(--raised)]",
							"max-md:h-dvh md:max-h-[calc(100dvh-3rem)] md:rounded-xl md:forced-colors:border",
							widths[size],
						)}
					>
						<div className="flex items-start justify-between gap-4 px-6 pt-5 max-md:px-4">
							<div className="min-w-0">
								<Base.Title className="font-serif text-[1.3125rem] leading-7 font-medium">
									{title}
								</Base.Title>
								{description ? (
									<Base.Description className="mt-1 text-sm text-ink-2">
										{description}
									</Base.Description>
								) : null}
							</div>
							{locked ? null : (
								<Base.Close
									aria-label={t("close")}
									className="-mr-1 grid size-7 shrink-0 place-items-center rounded-md text-ink-3 transition-colors hover:bg-sunk hover:text-ink max-md:size-11"
								>
									<X className="size-4 stroke-[1.6]" aria-hidden />
								</Base.Close>
							)}
						</div>
						<div className="flex min-h-0 flex-1 flex-col overflow-y-auto px-6 py-5 max-md:px-4">
							{children}
						</div>
						{footer ? (
							<div className="flex flex-wrap justify-end gap-2 border-t border-line bg-ground px-6 py-3.5 max-md:px-4 max-md:[&>*]:flex-1">
								{footer}
							</div>
						) : null}
					</Base.Popup>
				</Base.Viewport>
			</Base.Portal>
		</Base.Root>
	);
}
