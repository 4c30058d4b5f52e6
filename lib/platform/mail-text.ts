/**
 * The words of mail. They come from messages/en/mail.json like those of a screen, but are put
 * together outside of any request, and in processes without a framework.
 */
import { createTranslator } from "use-intl/core";
import messages from "@/messages/en/mail.json";
import { locale } from "./text";

/** Puts a text of mail into words. Points in time are told in UTC. */
export const mailText = createTranslator({
	locale,
	messages,
	timeZone: "UTC",
	formats: {
		dateTime: {
			moment: {
				day: "numeric",
				month: "long",
				year: "numeric",
				hour: "2-digit",
				minute: "2-digit",
			},
		},
	},
});
