"use client";
import { useTranslations } from "next-intl";
import { useEffect } from "react";

/** While `active`, asks before edits are lost: by closing the tab, or by a link to another page. */
export function useLeaveGuard(active: boolean): void {
	const t = useTranslations("ui");
	const question = t("leave");
	useEffect(() => {
		if (!active) return;
		const onClose = (event: BeforeUnloadEvent) => event.preventDefault();
		const onClick = (event: MouseEvent) => {
			if (!leadsAway(event) || window.confirm(question)) return;
			event.preventDefault();
			event.stopPropagation();
		};
		addEventListener("beforeunload", onClose);
		// Before the router's own listener: a link of the application unloads no page.
		document.addEventListener("click", onClick, { capture: true });
		return () => {
			removeEventListener("beforeunload", onClose);
			document.removeEventListener("click", onClick, { capture: true });
		};
	}, [active, question]);
}

/** Whether a press follows a link to another page of ours in this tab. Others unload this one. */
function leadsAway(event: MouseEvent): boolean {
	if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)
		return false;
	const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
	if (!(link instanceof HTMLAnchorElement) || link.hasAttribute("download")) return false;
	if (link.target && link.target !== "_self") return false;
	const { origin, pathname, search } = location;
	const to = new URL(link.href);
	return to.origin === origin && `${to.pathname}${to.search}` !== `${pathname}${search}`;
}
