import { describe, expect, it } from "vitest";
import { deviceOf } from "./device";

const mozilla = "Mozilla/5.0";
const webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";

describe("deviceOf", () => {
	it.each([
		[
			`${mozilla} (Windows NT 10.0; Win64; x64) ${webkit} Chrome/143.0.0.0 Safari/537.36`,
			"Chrome",
			"Windows",
		],
		[
			`${mozilla} (Windows NT 10.0; Win64; x64) ${webkit} Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0`,
			"Edge",
			"Windows",
		],
		[
			`${mozilla} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15`,
			"Safari",
			"macOS",
		],
		[
			`${mozilla} (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1`,
			"Safari",
			"iPhone",
		],
		[
			`${mozilla} (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/143.0.0.0 Mobile/15E148 Safari/604.1`,
			"Chrome",
			"iPhone",
		],
		[`${mozilla} (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0`, "Firefox", "Linux"],
		[
			`${mozilla} (Linux; Android 16; SM-S921B) ${webkit} SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36`,
			"Samsung Internet",
			"Android",
		],
		[
			`${mozilla} (X11; Linux x86_64) ${webkit} HeadlessChrome/143.0.0.0 Safari/537.36`,
			"Chrome",
			"Linux",
		],
		["curl/8.14.1", "curl", null],
	])("%s", (text, browser, system) => {
		expect(deviceOf(text)).toEqual({ browser, system });
	});

	it.each([null, "", "x", "<script>alert(1)</script>"])("does not guess from %j", (text) => {
		expect(deviceOf(text)).toEqual({ browser: null, system: null });
	});
});
