/**
 * No product but the standard: reads what is served first, writes every request as RFC 7644 has it,
 * and sends nothing that a strict directory would refuse.
 */
import { list, problem, resource, resourceIfAny } from "./expect";
import { coreGroup, coreUser, type Person, patch, peopleOf, query, rolesOf } from "./people";
import type { ClientProfile, Session } from "./session";
import { atGroup, createPerson, removePerson } from "./steps";

export const rfc: ClientProfile = {
	name: "The plain standard",
	headers: { accept: "application/scim+json" },
	contentType: "application/scim+json",
	async play(session) {
		const { cast, send } = session;
		const [ada, grace] = peopleOf(cast);
		await discover(session);
		const adaId = await create(session, ada);
		const graceId = await create(session, grace);
		await send({
			title: "Create the same person again",
			method: "POST",
			path: "/Users",
			body: written(ada),
			status: [409],
			check: problem,
		});
		await rename(session, ada, adaId);
		if (cast.groups) await pushGroup(session, adaId, graceId);
		await setActive(session, adaId, false, "Deactivate the person");
		await setActive(session, adaId, true, "Reactivate the person");
		await removePerson(session, adaId);
	},
};

/** RFC 7644 §4. */
async function discover({ send, cast }: Session): Promise<void> {
	await send({
		title: "Read what is supported",
		method: "GET",
		path: "/ServiceProviderConfig",
		status: [200],
		check: (body) =>
			(body as { patch?: { supported?: unknown } })?.patch?.supported === true
				? undefined
				: "it does not support PATCH",
	});
	await send({
		title: "Read the types of resources",
		method: "GET",
		path: "/ResourceTypes",
		status: [200],
		check: (body) =>
			list(body) ??
			(cast.groups && !JSON.stringify(body).includes('"/Groups"')
				? "groups are not among them"
				: undefined),
	});
	await send({
		title: "Read the schemas",
		method: "GET",
		path: "/Schemas",
		status: [200],
		check: list,
	});
}

const written = (person: Person, family = person.family) => ({
	schemas: [coreUser],
	userName: person.userName,
	externalId: person.externalId,
	name: { givenName: person.given, familyName: family },
	displayName: `${person.given} ${family}`,
	emails: [{ value: person.userName, type: "work", primary: true }],
	active: true,
	...rolesOf(person),
});

function create(session: Session, person: Person): Promise<string> {
	const { userName, externalId } = person;
	const path = `/Users${query({ filter: `userName eq "${userName}"` })}`;
	return createPerson(session, path, written(person), { userName, externalId, active: true });
}

async function rename({ send }: Session, person: Person, id: string): Promise<void> {
	const path = `/Users/${id}`;
	await send({
		title: "Rename the person",
		method: "PATCH",
		path,
		body: patch({ op: "replace", path: "name.familyName", value: "Lovelace" }),
		status: [200, 204],
		check: resourceIfAny({ id, name: { familyName: "Lovelace" } }),
	});
	await send({
		title: "Replace the person",
		method: "PUT",
		path,
		body: { ...written(person, "Lovelace"), id },
		status: [200],
		check: resource({ id, displayName: `${person.given} Lovelace` }),
	});
	await send({
		title: "Read the person back",
		method: "GET",
		path,
		status: [200],
		check: resource({ id, name: { givenName: person.given, familyName: "Lovelace" } }),
	});
}

async function pushGroup(session: Session, adaId: string, graceId: string): Promise<void> {
	const { make, cast } = session;
	const displayName = `Group ${cast.mark}`;
	const id = await make({
		title: "Push the group",
		method: "POST",
		path: "/Groups",
		body: { schemas: [coreGroup], displayName, members: [{ value: adaId }] },
		status: [201],
		check: resource({ displayName }),
	});
	const { change, read, remove } = atGroup(session, id);
	await change("Add a member", { op: "add", path: "members", value: [{ value: graceId }] });
	await read("Read the group back", displayName, [adaId, graceId]);
	await change("Take one person out", { op: "remove", path: `members[value eq "${graceId}"]` });
	const renamed = `${displayName} renamed`;
	await change("Rename the group", { op: "replace", path: "displayName", value: renamed });
	await read("Read the renamed group", renamed, [adaId]);
	await remove();
}

const setActive = ({ send }: Session, id: string, active: boolean, title: string) =>
	send({
		title,
		method: "PATCH",
		path: `/Users/${id}`,
		body: patch({ op: "replace", path: "active", value: active }),
		status: [200, 204],
		check: resourceIfAny({ id, active }),
	});
