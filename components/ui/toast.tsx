"use client";
import { Toast } from "@base-ui/react/toast";
import { Check, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useCallback } from "react";

/** Holds the toasts of a page; the root layout has it. */
export function ToastProvider({ children }: { children: ReactNode }) {
	return (
		<Toast.Provider timeout={6000} limit={3}>
			{children}
			<Toasts />
		</Toast.Provider>
	);
}

/**
 * Says what went well: `toast("Mapping applied. 52 people touched.", { undo })`. It leaves after 6 s
 * and waits under the pointer or focus. Never for an error: that stays inline beside its action.
 */
export function useToast(): (message: string, options?: { undo?: () => void }) => void {
	const { add, close } = Toast.useToastManager();
	const t = useTranslations("ui.toast");
	return useCallback(
		(message, options) => {
			const undo = options?.undo;
			const id: string = add({
				title: message,
				...(undo && {
					actionProps: {
						children: t("undo"),
						onClick: () => {
							undo();
							close(id);
						},
					},
				}),
			});
		},
		[add, close, t],
	);
}

function Toasts() {
	const { toasts } = Toast.useToastManager();
	const t = useTranslations("ui");
	return (
		<Toast.Portal>
			<Toast.Viewport
				aria-label={t("toast.region")}
				className="fixed right-4 bottom-20 z-[60] flex w-[calc(100vw-2rem)] max-w-sm flex-col gap-2 sm:right-6"
			>
				{toasts.map((toast) => (
					<Toast.Root
						key={toast.id}
						toast={toast}
						className="pop rounded-lg border border-line-2 bg-raised text-sm text-ink shadow-pop data-limited:hidden"
					>
						<Toast.Content className="flex items-center gap-3 py-1.5 pr-1.5 pl-4">
							<Check className="size-4 shrink-0 stroke-[1.6] text-pass" aria-hidden />
							{/* The title, because it is what names the toast for those who hear it. */}
							<Toast.Title render={<div />} className="min-w-0 flex-1 py-1" />
							<Toast.Action className="h-8 rounded-md px-3 font-medium text-ink-2 transition-colors hover:bg-sunk hover:text-ink max-md:h-11" />
							{/* Base UI takes it from those who hear a stack that is not spread out; ours always is. */}
							<Toast.Close
								aria-hidden={false}
								aria-label={t("close")}
								className="grid size-8 place-items-center rounded-md text-ink-3 transition-colors hover:bg-sunk hover:text-ink max-md:size-11"
							>
								<X className="size-4 stroke-[1.6]" aria-hidden />
							</Toast.Close>
						</Toast.Content>
					</Toast.Root>
				))}
			</Toast.Viewport>
		</Toast.Portal>
	);
}
