import type { ReactNode } from "react";
import { Reason } from "./field";
import { PanelRow } from "./panel";

/** The ids inside a setting row, for its control: `aria-labelledby={settingIds(id).name}` and so on. */
export function settingIds(id: string): { name: string; sentence: string; reason: string } {
	return { name: `${id}-name`, sentence: `${id}-sentence`, reason: `${id}-reason` };
}

/**
 * One rule: its name, its sentence, its control at the right, and, where it is not available, why.
 * Give the control `aria-labelledby={ids.name}`, `aria-describedby={ids.sentence}` and, when there is
 * a reason, `unavailable={ids.reason}`.
 */
export function SettingRow({
	id,
	name,
	sentence,
	reason,
	control,
	edited,
}: {
	/** Also the anchor: `policy-enforceSso`. */
	id: string;
	name: ReactNode;
	sentence?: ReactNode;
	/** Why it is not available, and what makes it so. */
	reason?: ReactNode;
	control?: ReactNode;
	/** Changed in the draft, not applied. */
	edited?: boolean;
}) {
	const ids = settingIds(id);
	return (
		<PanelRow className={edited ? "bg-note-tint" : ""}>
			<div
				id={id}
				data-anchor
				tabIndex={-1}
				className="flex flex-wrap items-start justify-between gap-x-5 gap-y-2"
			>
				<div className="min-w-0 grow-[999] basis-44">
					<div id={ids.name} className="font-medium">
						{name}
					</div>
					{sentence ? (
						<div id={ids.sentence} className="text-sm text-ink-2">
							{sentence}
						</div>
					) : null}
					{reason ? <Reason id={ids.reason}>{reason}</Reason> : null}
				</div>
				{control ? (
					<div className="flex grow items-center justify-end gap-3 pt-0.5 max-sm:[&>span]:w-full">
						{control}
					</div>
				) : null}
			</div>
		</PanelRow>
	);
}
