"use client";
import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { buttonClass } from "@/components/ui/button";
import { CopyJoined } from "@/components/ui/copy-field";

/** Ten recovery codes, the only time they are shown: to copy, or to keep as a file. */
export function RecoveryCodes({ codes, place }: { codes: readonly string[]; place: string }) {
	const t = useTranslations("login.codes");
	const text = codes.join("\n");
	const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`${t("file", { place })}\n\n${text}\n`)}`;
	return (
		<div className="overflow-hidden rounded-md border border-line-2 bg-sunk">
			<ol aria-label={t("name")} className="mono grid grid-cols-2 gap-x-4 gap-y-1 px-4 py-3">
				{codes.map((code) => (
					<li key={code}>{code}</li>
				))}
			</ol>
			<div className="flex border-t border-line-2">
				<CopyJoined value={text} what={t("name")} className="min-h-11 flex-1" />
				<a
					href={file}
					download={t("fileName")}
					className={`${buttonClass("quiet", "lg")} flex-1 rounded-none border-l-line-2`}
				>
					<Download aria-hidden />
					{t("save")}
				</a>
			</div>
		</div>
	);
}
