import type { ReactNode } from "react";
import { PanelBody } from "@/components/ui/panel";

/** A part of a panel about a connection, under a heading of its own. */
export function FormPart({
	title,
	lead,
	children,
}: {
	title: string;
	lead?: string;
	children: ReactNode;
}) {
	return (
		<PanelBody className="space-y-4">
			<div>
				<h2 className="font-serif text-head font-semibold">{title}</h2>
				{lead ? <p className="text-sm text-ink-2">{lead}</p> : null}
			</div>
			{children}
		</PanelBody>
	);
}
