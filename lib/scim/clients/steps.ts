/** Steps that several clients take alike. What each of them writes is in its own file. */
import { groupWith, listOf, problem, resource } from "./expect";
import { patch } from "./people";
import type { Session } from "./session";

/**
 * Looks for a person, where nobody must be, creates them and finds them.
 * @param path how this client asks for them.
 * @param expected what they are answered with; `found` what the list says of them beside the id.
 * @returns the id.
 */
export async function createPerson(
	{ send, make }: Session,
	path: string,
	body: unknown,
	expected: Record<string, unknown>,
	found: Record<string, unknown> = {},
): Promise<string> {
	const look = { method: "GET", path, status: [200] };
	await send({ ...look, title: "Look for the person", check: listOf(0) });
	const id = await make({
		title: "Create the person",
		method: "POST",
		path: "/Users",
		body,
		status: [201],
		check: resource(expected),
	});
	await send({ ...look, title: "Find the person", check: listOf(1, { id, ...found }) });
	return id;
}

/** Deletes a person, who is not there any more then. */
export async function removePerson(
	{ send }: Session,
	id: string,
	title = "Remove the person",
): Promise<void> {
	const path = `/Users/${id}`;
	await send({ title, method: "DELETE", path, status: [204] });
	await send({ title: "Ask once more", method: "GET", path, status: [404], check: problem });
}

/** What clients do with a group that they have made. */
export function atGroup({ send }: Session, id: string) {
	const path = `/Groups/${id}`;
	return {
		path,
		change: (title: string, operation: unknown) =>
			send({ title, method: "PATCH", path, body: patch(operation), status: [200, 204] }),
		/** Reads it with all its members. */
		read: (title: string, name: string, members: string[]) =>
			send({ title, method: "GET", path, status: [200], check: groupWith(name, members) }),
		remove: () => send({ title: "Remove the group", method: "DELETE", path, status: [204] }),
	};
}
