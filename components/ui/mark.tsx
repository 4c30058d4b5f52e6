/** The Gatehouse mark: three stones and an open door. The name is said by the text beside it. */
export function Mark({ size = 24 }: { size?: number }) {
	return (
		<svg width={size} height={size} viewBox="0 0 24 24" className="shrink-0" aria-hidden>
			<path d="M2.5 22V11.5a9.5 9.5 0 0 1 19 0V22Z" fill="var(--ink)" />
			<path
				d="M12 11.5 9.2 1M12 11.5 14.8 1M12 11.5 2.2 6.4M12 11.5 21.8 6.4"
				stroke="var(--mark-ground, var(--ground))"
			/>
			<path d="M7.5 22.6V11.5a4.5 4.5 0 0 1 9 0v11.1Z" fill="var(--mark-ground, var(--ground))" />
			<path d="M9 22V11.7a3 3 0 0 1 6 0V22Z" fill="var(--pass-fill)" />
		</svg>
	);
}
