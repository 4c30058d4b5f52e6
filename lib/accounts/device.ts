/**
 * What kind of browser a session is in, from the text it sends of itself. It is a help to recognise
 * one's own devices and proves nothing: anybody may send any text.
 */

/** The first that fits counts: most browsers name the ones they descend from too. */
const browsers: [RegExp, string][] = [
	[/\bEdg(?:e|A|iOS)?\//, "Edge"],
	[/\b(?:OPR|Opera|OPT)\//, "Opera"],
	[/\bSamsungBrowser\//, "Samsung Internet"],
	[/\bVivaldi\//, "Vivaldi"],
	[/\b(?:Firefox|FxiOS)\//, "Firefox"],
	[/\b(?:HeadlessChrome|Chrome|Chromium|CriOS)\//, "Chrome"],
	[/\bVersion\/[\d.]+.*\bSafari\//, "Safari"],
	[/^curl\//, "curl"],
];

const systems: [RegExp, string][] = [
	[/\biPhone\b/, "iPhone"],
	[/\biPad\b/, "iPad"],
	[/\bAndroid\b/, "Android"],
	[/\bCrOS\b/, "ChromeOS"],
	[/\bWindows\b/, "Windows"],
	[/\bMac(?:intosh| OS X)\b/, "macOS"],
	[/\bLinux\b/, "Linux"],
];

export type Device = { browser: string | null; system: string | null };

/** Browser and system by their own names; null for what the text does not tell. */
export function deviceOf(userAgent: string | null): Device {
	const named = (table: [RegExp, string][]) =>
		table.find(([form]) => form.test(userAgent ?? ""))?.[1] ?? null;
	return { browser: named(browsers), system: named(systems) };
}
