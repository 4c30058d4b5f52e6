/**
 * OneLogin: filters with plus signs and a trailing ampersand, PUT with an empty query, the names of
 * SCIM 1.1 among the schemas, and members added one by one.
 */
import { list, resource } from "./expect";
import { coreGroup, coreUser, type Person, peopleOf, rolesOf } from "./people";
import type { ClientProfile, Session } from "./session";
import { atGroup, createPerson, removePerson } from "./steps";

export const onelogin: ClientProfile = {
	name: "OneLogin",
	headers: { accept: "application/json", "user-agent": "OneLogin SCIM" },
	contentType: "application/json",
	async play(session) {
		const { cast, send } = session;
		const [ada, grace] = peopleOf(cast);
		await send({
			title: "Test the connection: read what is supported",
			method: "GET",
			path: "/ServiceProviderConfig",
			status: [200],
			check: (body) => (hasPatch(body) ? undefined : "it does not say whether PATCH is supported"),
		});
		const adaId = await create(session, ada);
		const graceId = await create(session, grace);
		await replace(session, "Rename the person", ada, adaId, { family: "Lovelace" });
		if (cast.groups) await pushGroup(session, adaId, graceId);
		await replace(session, "Suspend the person", ada, adaId, { active: false });
		await replace(session, "Reactivate the person", ada, adaId, {});
		await removePerson(session, adaId);
	},
};

const hasPatch = (body: unknown) =>
	typeof (body as { patch?: { supported?: unknown } })?.patch?.supported === "boolean";

/** As a form writes a text: blanks are plus signs. */
const plus = (text: string) => encodeURIComponent(text).replaceAll("%20", "+");

function create(session: Session, person: Person): Promise<string> {
	const { userName, externalId } = person;
	const path = `/Users?filter=${plus(`userName eq "${userName}"`)}&`;
	return createPerson(session, path, written(person, {}), { userName, externalId });
}

type Changed = { active?: boolean; family?: string };

const written = (person: Person, { active = true, family = person.family }: Changed) => ({
	schemas: [coreUser, "urn:scim:schemas:core:1.0", "urn:scim:schemas:extension:enterprise:1.0"],
	userName: person.userName,
	externalId: person.externalId,
	displayName: `${person.given} ${family}`,
	name: {
		givenName: person.given,
		familyName: family,
		formatted: `${person.given} ${family}`,
	},
	emails: [{ value: person.userName, type: "work", primary: true }],
	...rolesOf(person),
	active,
});

async function replace(
	{ send }: Session,
	title: string,
	person: Person,
	id: string,
	changed: Changed,
): Promise<void> {
	const { active, displayName, name, ...others } = written(person, changed);
	await send({
		title,
		method: "PUT",
		path: `/Users/${id}?`,
		body: { ...others, id, displayName, name, active },
		status: [200],
		check: resource({ id, displayName, name, active }),
	});
}

async function pushGroup(session: Session, adaId: string, graceId: string): Promise<void> {
	const { send, make, cast } = session;
	const displayName = `OneLogin ${cast.mark}`;
	await send({
		title: "List groups",
		method: "GET",
		path: "/Groups?",
		status: [200],
		check: list,
	});
	const id = await make({
		title: "Push the group",
		method: "POST",
		path: "/Groups",
		body: { schemas: [coreGroup], displayName },
		status: [201],
		check: resource({ displayName }),
	});
	const { change, read, remove } = atGroup(session, id);
	for (const value of [adaId, graceId])
		await change("Add a member", { op: "add", path: "members", value: [{ value }] });
	await read("Read the group back", displayName, [adaId, graceId]);
	await change("Take one person out", {
		op: "remove",
		path: `members[value eq "${graceId}"]`,
	});
	const renamed = `${displayName} renamed`;
	await change("Rename the group", { op: "replace", path: "displayName", value: renamed });
	await read("Read the renamed group", renamed, [adaId]);
	await remove();
}
