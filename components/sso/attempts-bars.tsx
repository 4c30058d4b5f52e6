import { useTranslations } from "next-intl";

export type Hour = { let: number; refused: number };

/** 24 bars, one an hour; refused attempts stand at the foot. */
export function AttemptsBars({ hours }: { hours: readonly Hour[] }) {
	const t = useTranslations("connections.attempts");
	const most = Math.max(1, ...hours.map((hour) => hour.let + hour.refused));
	const height = 28;
	const scale = (count: number) => (count / most) * height;
	return (
		<svg
			viewBox={`0 0 ${hours.length * 4} ${height}`}
			className="h-7 w-24"
			role="img"
			aria-label={t("chart", { hours: hours.map((hour) => hour.let + hour.refused).join(" ") })}
		>
			{hours.map((hour, index) => {
				const refused = scale(hour.refused);
				const passed = scale(hour.let);
				const x = index * 4;
				return (
					// biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place
					<g key={index}>
						<rect x={x} y={height - 1} width={3} height={1} fill="var(--line-2)" />
						<rect
							x={x}
							y={height - refused - passed}
							width={3}
							height={passed}
							fill="var(--ink-3)"
						/>
						<rect x={x} y={height - refused} width={3} height={refused} fill="var(--stop-fill)" />
					</g>
				);
			})}
		</svg>
	);
}
