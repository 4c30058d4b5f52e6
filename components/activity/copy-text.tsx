"use client";
import { Braces } from "lucide-react";
import { Button } from "@/components/ui/button";
import { useCopy } from "@/components/ui/copy-field";

/** A button that copies a text too long to show. The words come along, so any page can use it. */
export function CopyText({ text, label, done }: { text: string; label: string; done: string }) {
	const { copied, copy } = useCopy(text);
	return (
		<>
			<Button icon={<Braces aria-hidden />} onClick={copy}>
				{copied ? done : label}
			</Button>
			<span role="status" className="sr-only">
				{copied ? done : ""}
			</span>
		</>
	);
}
