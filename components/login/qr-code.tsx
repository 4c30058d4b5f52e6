/** What a QR code looks like: its side in modules, and the dark ones as a path. */
export type Qr = { size: number; path: string };

/** A QR code. It stays dark on light in both themes, since not every camera reads the reverse. */
export function QrCode({ qr, label }: { qr: Qr; label: string }) {
	return (
		<svg
			role="img"
			aria-label={label}
			viewBox={`-4 -4 ${qr.size + 8} ${qr.size + 8}`}
			shapeRendering="crispEdges"
			className="mx-auto block size-44 rounded-md"
		>
			<path className="fill-scan" d={`M-4-4h${qr.size + 8}v${qr.size + 8}h-${qr.size + 8}z`} />
			<path className="fill-scan-ink" d={qr.path} />
		</svg>
	);
}
