"use client";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { Band } from "./band";

/** Above a form with several errors: links to each field, and takes focus when it appears. */
export function ErrorSummary({
	errors,
}: {
	/** `id` is the id of the field's control. */
	errors: readonly { id: string; message: string }[];
}) {
	const t = useTranslations("ui.errors");
	const box = useRef<HTMLDivElement>(null);
	const shown = errors.length > 0;
	useEffect(() => {
		if (shown) box.current?.focus();
	}, [shown]);
	if (!shown) return null;
	return (
		<div ref={box} tabIndex={-1} className="outline-none">
			<Band tone="stop" title={t("title", { count: errors.length })} live>
				<ul className="mt-1 space-y-0.5">
					{errors.map((error) => (
						<li key={error.id}>
							<a
								href={`#${error.id}`}
								className="link"
								onClick={(event) => {
									event.preventDefault();
									document.getElementById(error.id)?.focus();
								}}
							>
								{error.message}
							</a>
						</li>
					))}
				</ul>
			</Band>
		</div>
	);
}
