/**
 * The values of the SCIM `roles` attribute: strings, objects with a value, or (from Entra's
 * AppRoleAssignments expressions) a JSON text of such an object. Nothing of it is ever executed.
 */
export function sentRoles(sent: unknown): string[] {
	const list = Array.isArray(sent) ? sent : [sent];
	return list.flatMap((role: unknown) => {
		const value = textOf(role);
		return value === null ? [] : [value];
	});
}

function textOf(role: unknown): string | null {
	if (typeof role === "string") {
		const text = role.trim();
		return text.startsWith("{") ? (fromJson(text) ?? text) : text || null;
	}
	if (typeof role !== "object" || role === null || Array.isArray(role)) return null;
	return "value" in role && typeof role.value === "string" ? textOf(role.value) : null;
}

function fromJson(text: string): string | null {
	try {
		const parsed: unknown = JSON.parse(text);
		if (typeof parsed !== "object" || parsed === null || !("value" in parsed)) return null;
		return typeof parsed.value === "string" ? parsed.value.trim() || null : null;
	} catch {
		return null;
	}
}
