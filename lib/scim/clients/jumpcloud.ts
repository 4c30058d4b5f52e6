/**
 * JumpCloud: makes and deletes a test person when it is switched on, replaces people whole with the
 * extension's schema first and empty lists, and takes members out by a list of values.
 */
import { list, listOf, resource } from "./expect";
import {
	coreGroup,
	coreUser,
	enterpriseUser,
	type Person,
	peopleOf,
	query,
	rolesOf,
} from "./people";
import type { ClientProfile, Session } from "./session";
import { atGroup, removePerson } from "./steps";

export const jumpcloud: ClientProfile = {
	name: "JumpCloud",
	headers: { accept: "application/json" },
	contentType: "application/json",
	async play(session) {
		const [ada, grace] = peopleOf(session.cast);
		await activate(session, grace);
		const adaId = await create(session, ada);
		const graceId = await create(session, grace);
		await replace(session, "Rename the person", ada, adaId, { family: "Lovelace" });
		if (session.cast.groups) await pushGroup(session, adaId, graceId);
		await replace(session, "Deactivate the person", ada, adaId, { active: false });
		await replace(session, "Reactivate the person", ada, adaId, {});
		await removePerson(session, adaId);
	},
};

async function activate(session: Session, person: Person): Promise<void> {
	const { send, cast } = session;
	await send({
		title: "Test the connection: list people",
		method: "GET",
		path: "/Users?count=1&startIndex=1",
		status: [200],
		check: list,
	});
	if (cast.groups)
		await send({
			title: "Test the connection: list groups",
			method: "GET",
			path: "/Groups?count=1&startIndex=1",
			status: [200],
			check: list,
		});
	const test = { ...person, userName: `test.${person.userName}`, externalId: `${cast.mark}-test` };
	const id = await create(session, test);
	await removePerson(session, id, "Remove the test person");
}

async function create({ send, make }: Session, person: Person): Promise<string> {
	await send({
		title: "Look for the person",
		method: "GET",
		path: `/Users${query({ filter: `userName eq "${person.userName}"` })}`,
		status: [200],
		check: listOf(0),
	});
	return make({
		title: "Create the person",
		method: "POST",
		path: "/Users",
		body: {
			active: true,
			addresses: [
				{
					country: "US",
					locality: "Boulder",
					postalCode: "80027",
					primary: true,
					region: "CO",
					streetAddress: "1 Main Street",
					type: "work",
				},
			],
			displayName: `${person.given} ${person.family}`,
			emails: [{ primary: true, type: "work", value: person.userName }],
			externalId: person.externalId,
			locale: "en-US",
			name: { familyName: person.family, givenName: person.given },
			phoneNumbers: [{ primary: true, type: "work", value: "tel:+1-555-555-5555" }],
			preferredLanguage: "en-US",
			schemas: [coreUser, enterpriseUser],
			userName: person.userName,
			...rolesOf(person),
		},
		status: [201],
		check: resource({
			userName: person.userName,
			phoneNumbers: [{ primary: true, type: "work", value: "tel:+1-555-555-5555" }],
		}),
	});
}

async function replace(
	{ send }: Session,
	title: string,
	person: Person,
	id: string,
	{ active = true, family = person.family }: { active?: boolean; family?: string },
): Promise<void> {
	const name = { familyName: family, givenName: person.given };
	await send({
		title,
		method: "PUT",
		path: `/Users/${id}`,
		body: {
			schemas: [enterpriseUser, coreUser],
			id,
			active,
			addresses: [],
			phoneNumbers: [],
			photos: [{ value: "https://img.example.com/a.png" }],
			displayName: `${person.given} ${family}`,
			emails: [{ primary: true, type: "work", value: person.userName }],
			externalId: person.externalId,
			locale: "en-US",
			name,
			preferredLanguage: "en-US",
			title: "Captain",
			[enterpriseUser]: { department: "C-Suite" },
			userName: person.userName,
			...rolesOf(person),
		},
		status: [200],
		check: resource({ id, active, name, [enterpriseUser]: { department: "C-Suite" } }),
	});
}

async function pushGroup(session: Session, adaId: string, graceId: string): Promise<void> {
	const { send, make, cast } = session;
	const displayName = `JumpCloud ${cast.mark}`;
	await send({
		title: "Look for the group",
		method: "GET",
		path: `/Groups${query({ filter: `displayName eq "${displayName}"` })}`,
		status: [200],
		check: listOf(0),
	});
	const id = await make({
		title: "Push the group",
		method: "POST",
		path: "/Groups",
		body: { schemas: [coreGroup], displayName, externalId: `${cast.mark}-group`, members: [] },
		status: [201],
		check: resource({ displayName }),
	});
	const { path, change, read, remove } = atGroup(session, id);
	for (const value of [adaId, graceId])
		await change("Add a member", { op: "add", path: "members", value: [{ value }] });
	await change("Take one person out", {
		op: "remove",
		path: "members",
		value: [{ value: graceId }],
	});
	await read("Read the group back", displayName, [adaId]);
	const renamed = `${displayName} renamed`;
	await send({
		title: "Rename the group",
		method: "PUT",
		path,
		body: { schemas: [coreGroup], id, displayName: renamed, members: [{ value: adaId }] },
		status: [200],
		check: resource({ displayName: renamed }),
	});
	await remove();
}
