import { getTranslations } from "next-intl/server";
import { isReason, type Reason } from "@/lib/policy/reasons";

/** What a person reads of a refusal. An unknown code, as an address may bring it, is no text. */
export async function reasonText(
	reason: Reason | string | null | undefined,
	workspace: string,
): Promise<string> {
	if (!reason || !isReason(reason)) return "";
	const t = await getTranslations("reasons");
	const none = { provider: "", email: "", domain: "", expected: "", received: "" };
	return t(`${reason}.person`, { ...none, workspace });
}
