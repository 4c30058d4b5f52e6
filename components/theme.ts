/** The cookie that holds the theme, and the themes there are. "system" follows the device. */
export const themeCookie = "gatehouse-theme";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

/** Understands a cookie or a form value; what is unknown is "system". */
export function themeOf(value: unknown): Theme {
	return themes.find((theme) => theme === value) ?? "system";
}
