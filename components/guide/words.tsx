import { type Piece, pieces } from "@/lib/sso/guides";

/** A sentence of a guide: the provider's words in bold, values in mono. */
export function Words({ children }: { children: string }) {
	return pieces(children).map((piece, index) => (
		// biome-ignore lint/suspicious/noArrayIndexKey: a sentence's pieces never move
		<Marked key={index} piece={piece} />
	));
}

function Marked({ piece }: { piece: Piece }) {
	switch (piece.kind) {
		case "bold":
			return <b className="font-medium text-ink">{piece.text}</b>;
		case "italic":
			return <i>{piece.text}</i>;
		case "code":
			return <code className="[overflow-wrap:anywhere]">{piece.text}</code>;
		case "link":
			return (
				<a href={piece.url} className="link" target="_blank" rel="noreferrer">
					{piece.text}
				</a>
			);
		case "text":
			return piece.text;
	}
}
