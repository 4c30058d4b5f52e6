import { describe, expect, it } from "vitest";
import { guessable } from "./blocklist";

const about = ["ada.lindqvist@acme.test", "Ada Lindqvist", "Acme Works", "acme"];

describe("a password that is guessed first", () => {
	it.each([
		"password",
		"PassWord",
		"administrator",
		"123456789987654321",
		"qwertyuiopasdfgh",
		"123456789012345",
		"abcdefghijklmnop",
		"ponmlkjihgfedcba",
		"aaaaaaaaaaaaaaa",
		"abcabcabcabcabc",
		"passwordpassword",
		"password12345678",
		"2024-administrator!",
		"p a s s w o r d 1 2 3 4",
	])("is common: %s", async (password) => {
		expect(await guessable(password, about)).toBe("password_common");
	});

	it.each([
		"ada.lindqvist2024",
		"acme-works-acme-1",
		"Lindqvist Ada 99!",
		"lindqvist12345678",
		"acme.test.password",
	])("is about the person: %s", async (password) => {
		expect(await guessable(password, about)).toBe("password_personal");
	});

	it.each([
		"correct horse battery staple",
		"several words in a row",
		"sunshine football monkey",
		"acme never sleeps on tuesdays",
		"vXq2-9sLm_4tRw8Z",
		"пять слов и ещё одно слово",
		"!!! ??? ### $$$ %%%",
		"sunshine4829104857",
	])("is not: %s", async (password) => {
		expect(await guessable(password, about)).toBeNull();
	});

	it("answers at once whatever is typed", async () => {
		const began = performance.now();
		await guessable(`${"ab".repeat(127)}cd`, about);
		await guessable(`${"a".repeat(255)}b`, ["a b c", "aaa"]);
		expect(performance.now() - began).toBeLessThan(10_000);
	});
});
