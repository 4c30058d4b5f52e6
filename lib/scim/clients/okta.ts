/**
 * Okta, as a custom app and an integration of its network: looks before it creates, replaces
 * profiles whole (PUT), switches `active` by a PATCH without a path, never deletes people, and reads
 * a group whole after pushing it.
 */
import { list, listOf, problem, resource, resourceIfAny } from "./expect";
import { coreGroup, coreUser, type Person, patch, peopleOf, query, rolesOf } from "./people";
import type { ClientProfile, Session } from "./session";
import { atGroup } from "./steps";

export const okta: ClientProfile = {
	name: "Okta",
	headers: {
		accept: "application/scim+json",
		"accept-charset": "utf-8",
		"user-agent": "Okta SCIM Client 1.0.0",
	},
	contentType: "application/scim+json; charset=utf-8",
	async play(session) {
		const [ada, grace] = peopleOf(session.cast);
		await testConnection(session);
		const adaId = await assign(session, ada);
		const graceId = await assign(session, grace);
		await session.send({
			title: "Create the same person again",
			method: "POST",
			path: "/Users",
			body: created(ada),
			status: [409],
			check: problem,
		});
		if (session.cast.groups) await pushGroup(session, adaId, graceId);
		await changeProfile(session, ada, adaId);
		await switchOffAndOn(session, adaId);
		await importPeople(session, [adaId, graceId]);
		for (const id of [adaId, graceId]) await setActive(session, id, false, "Unassign the person");
	},
};

async function testConnection({ send, cast }: Session): Promise<void> {
	await send({
		title: "Test the connection: list people",
		method: "GET",
		path: "/Users?startIndex=1&count=2",
		status: [200],
		check: list,
	});
	if (cast.groups)
		await send({
			title: "Test the connection: list groups",
			method: "GET",
			path: "/Groups?startIndex=1&count=100",
			status: [200],
			check: list,
		});
	await send({
		title: "Try a token that is none",
		method: "GET",
		path: "/Users?startIndex=1&count=2",
		headers: { authorization: "non-token" },
		status: [401],
		check: problem,
	});
}

async function assign({ send, make }: Session, person: Person): Promise<string> {
	const filter = `userName eq "${person.userName}"`;
	const path = `/Users${query({ filter, startIndex: 1, count: 100 })}`;
	await send({
		title: "Look for the person",
		method: "GET",
		path,
		status: [200, 404],
		check: (body) => (body && "totalResults" in (body as object) ? listOf(0)(body) : undefined),
	});
	const id = await make({
		title: "Create the person",
		method: "POST",
		path: "/Users",
		body: created(person),
		status: [201],
		check: resource({ userName: person.userName, active: true }),
	});
	await send({
		title: "Find the person",
		method: "GET",
		path,
		status: [200],
		check: listOf(1, { id, userName: person.userName, active: true }),
	});
	return id;
}

const created = (person: Person) => ({
	schemas: [coreUser],
	userName: person.userName,
	name: { givenName: person.given, familyName: person.family },
	emails: [{ primary: true, value: person.userName, type: "work" }],
	displayName: `${person.given} ${person.family}`,
	locale: "en-US",
	externalId: person.externalId,
	groups: [],
	password: "1mz050nq-not-to-be-kept",
	active: true,
	...rolesOf(person),
});

async function pushGroup(session: Session, adaId: string, graceId: string): Promise<void> {
	const { send, make } = session;
	const displayName = `Okta ${session.cast.mark}`;
	await send({
		title: "Look for the group",
		method: "GET",
		path: `/Groups${query({ filter: `displayName eq "${displayName}"`, startIndex: 1, count: 100 })}`,
		status: [200],
		check: listOf(0),
	});
	const id = await make({
		title: "Push the group",
		method: "POST",
		path: "/Groups",
		body: { schemas: [coreGroup], displayName, members: [] },
		status: [201],
		check: resource({ displayName }),
	});
	const { path, change, read, remove } = atGroup(session, id);

	await change("Push its members", {
		op: "replace",
		path: "members",
		value: [
			{ value: adaId, display: "ada" },
			{ value: graceId, display: "grace" },
		],
	});
	await read("Read the group back", displayName, [adaId, graceId]);
	await change("Take one person out", { op: "remove", path: `members[value eq "${graceId}"]` });
	await change("Add the person again", {
		op: "add",
		path: "members",
		value: [{ value: graceId, display: "grace" }],
	});
	const renamed = `${displayName} renamed`;
	await change("Rename the group", { op: "replace", value: { id, displayName: renamed } });
	await read("Read the renamed group", renamed, [adaId, graceId]);
	await send({
		title: "Replace the group, as a custom app does",
		method: "PUT",
		path,
		body: { schemas: [coreGroup], id, displayName: renamed, members: [{ value: adaId }] },
		status: [200],
		check: resource({ displayName: renamed }),
	});
	await read("Read the replaced group", renamed, [adaId]);
	await remove();
	await send({
		title: "Ask for it once more",
		method: "GET",
		path,
		status: [404],
		check: problem,
	});
}

async function changeProfile({ send }: Session, person: Person, id: string): Promise<void> {
	const path = `/Users/${id}`;
	await send({
		title: "Read the person before a change",
		method: "GET",
		path,
		status: [200],
		check: resource({ userName: person.userName, name: { givenName: person.given } }),
	});
	const name = { givenName: person.given, middleName: "King", familyName: "Lovelace" };
	await send({
		title: "Rename the person",
		method: "PUT",
		path,
		body: {
			schemas: [coreUser],
			id,
			userName: person.userName,
			name,
			emails: [{ primary: true, value: person.userName, type: "work", display: person.userName }],
			displayName: `${person.given} Lovelace`,
			externalId: person.externalId,
			active: true,
			groups: [],
			...rolesOf(person),
			meta: { resourceType: "User" },
		},
		status: [200],
		check: resource({ id, name, active: true }),
	});
	await send({
		title: "Push a new password",
		method: "PATCH",
		path,
		body: patch({ op: "replace", value: { password: "new-secret-not-to-be-kept" } }),
		status: [200, 204],
		check: (body) =>
			JSON.stringify(body ?? {}).includes("new-secret") ? "the password comes back" : undefined,
	});
}

async function switchOffAndOn(session: Session, id: string): Promise<void> {
	await setActive(session, id, false, "Deactivate the person");
	await session.send({
		title: "Read the deactivated person",
		method: "GET",
		path: `/Users/${id}`,
		status: [200],
		check: resource({ id, active: false }),
	});
	await setActive(session, id, true, "Reactivate the person");
}

const setActive = ({ send }: Session, id: string, active: boolean, title: string) =>
	send({
		title,
		method: "PATCH",
		path: `/Users/${id}`,
		body: patch({ op: "replace", value: { active } }),
		status: [200, 204],
		check: resourceIfAny({ id, active }),
	});

/** Pages through everybody by 100, and needs each person once. */
async function importPeople({ send }: Session, ids: string[]): Promise<void> {
	const seen: string[] = [];
	let total = 1;
	for (let startIndex = 1; startIndex <= total; ) {
		const { body } = await send({
			title: "Import people, by the hundred",
			method: "GET",
			path: `/Users?startIndex=${startIndex}&count=100`,
			status: [200],
			check: (page) => list(page) ?? pageComplaint(page, seen, ids),
		});
		const { totalResults = 0, Resources = [] } = (body ?? {}) as {
			totalResults?: number;
			Resources?: { id: string }[];
		};
		if (Resources.length === 0) return;
		seen.push(...Resources.map((person) => person.id));
		total = totalResults;
		startIndex += Resources.length;
	}
}

function pageComplaint(page: unknown, before: string[], ids: string[]): string | undefined {
	const { totalResults, Resources = [] } = page as {
		totalResults: number;
		Resources?: { id: string }[];
	};
	const now = Resources.map(({ id }) => id);
	if (now.length === 0) return "a page before the end is empty";
	if (new Set([...before, ...now]).size !== before.length + now.length)
		return "a person comes twice";
	const isLast = before.length + now.length >= totalResults;
	const missing = ids.filter((id) => ![...before, ...now].includes(id));
	return isLast && missing.length > 0 ? `${missing.length} people are missing` : undefined;
}
