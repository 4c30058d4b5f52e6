/**
 * Microsoft Entra ID: filters with `eq` alone, changes by PATCH with operations in capitals, texts
 * for booleans, members removed by a list of values, groups read without their members, and people
 * deleted after their deactivation.
 */
import { listOf, problem, resource, resourceIfAny } from "./expect";
import {
	coreGroup,
	coreUser,
	enterpriseUser,
	type Person,
	patch,
	peopleOf,
	query,
	rolesOf,
} from "./people";
import type { ClientProfile, Session } from "./session";
import { atGroup, createPerson, removePerson } from "./steps";

export const entra: ClientProfile = {
	name: "Microsoft Entra ID",
	headers: { accept: "application/scim+json" },
	contentType: "application/scim+json; charset=utf-8",
	async play(session) {
		const { cast, send } = session;
		const [ada, grace] = peopleOf(cast);
		await send({
			title: "Test the connection: look for nobody",
			method: "GET",
			path: `/Users${query({ filter: `userName eq "${cast.mark}-7b7f6c0e-4f0e-4c5e"` })}`,
			status: [200],
			check: listOf(0),
		});
		const adaId = await provision(session, ada);
		const graceId = await provision(session, grace);
		await change(session, ada, adaId, graceId);
		if (cast.groups) await provisionGroup(session, adaId, graceId);
		await softDelete(session, adaId);
		await removePerson(session, adaId);
		const path = `/Users/${adaId}`;
		await send({ title: "Remove again", method: "DELETE", path, status: [404], check: problem });
	},
};

function provision(session: Session, person: Person): Promise<string> {
	const { userName, externalId, given, family } = person;
	const path = `/Users${query({ filter: `userName eq "${userName}"` })}`;
	const body = {
		schemas: [coreUser, enterpriseUser],
		externalId,
		userName,
		active: true,
		displayName: `${given} ${family}`,
		emails: [{ primary: true, type: "work", value: userName }],
		meta: { resourceType: "User" },
		name: { formatted: `${given} ${family}`, familyName: family, givenName: given },
		roles: rolesOf(person).roles ?? [],
	};
	const expected = { userName, externalId, active: true };
	return createPerson(session, path, body, expected, { externalId });
}

async function change(
	{ send }: Session,
	person: Person,
	id: string,
	managerId: string,
): Promise<void> {
	const path = `/Users/${id}`;
	await send({
		title: "Change name, address and department",
		method: "PATCH",
		path,
		body: patch(
			{ op: "Replace", path: "displayName", value: "Ada Lovelace" },
			{ op: "Replace", path: 'emails[type eq "work"].value', value: person.userName },
			{ op: "Replace", path: "name.familyName", value: "Lovelace" },
			{ op: "Add", path: `${enterpriseUser}:department`, value: "Tour Operations" },
			{ op: "Add", path: 'phoneNumbers[type eq "mobile"].value', value: "+1 206 555 0100" },
		),
		status: [200, 204],
		check: resourceIfAny({
			displayName: "Ada Lovelace",
			name: { familyName: "Lovelace" },
			[enterpriseUser]: { department: "Tour Operations" },
		}),
	});
	await send({
		title: "Set the manager",
		method: "PATCH",
		path,
		body: patch({ op: "Add", path: `${enterpriseUser}:manager`, value: managerId }),
		status: [200, 204],
		check: resourceIfAny({ [enterpriseUser]: { manager: { value: managerId } } }),
	});
	await send({
		title: "Clear the manager",
		method: "PATCH",
		path,
		body: patch({ op: "Replace", path: `${enterpriseUser}:manager`, value: null }),
		status: [200, 204],
	});
	await send({
		title: "Read the person back",
		method: "GET",
		path,
		status: [200],
		check: resource({
			userName: person.userName,
			displayName: "Ada Lovelace",
			name: { givenName: person.given, familyName: "Lovelace" },
			emails: [{ primary: true, type: "work", value: person.userName }],
			[enterpriseUser]: { department: "Tour Operations" },
		}),
	});
}

async function provisionGroup(session: Session, adaId: string, graceId: string): Promise<void> {
	const { send, make, cast } = session;
	const displayName = `Entra ${cast.mark}`;
	const find = (name: string) =>
		`/Groups${query({ excludedAttributes: "members", filter: `displayName eq "${name}"` })}`;
	await send({
		title: "Look for the group",
		method: "GET",
		path: find(displayName),
		status: [200],
		check: listOf(0),
	});
	const id = await make({
		title: "Create the group",
		method: "POST",
		path: "/Groups",
		body: {
			schemas: [
				coreGroup,
				"http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group",
			],
			externalId: `${cast.mark}-group`,
			displayName,
			meta: { resourceType: "Group" },
		},
		status: [201],
		check: resource({ displayName }),
	});
	// It never reads the members again.
	const { path, change, remove } = atGroup(session, id);
	const holds = (title: string, memberId: string, count: number) =>
		send({
			title,
			method: "GET",
			path: `/Groups${query({ excludedAttributes: "members", filter: `id eq "${id}" and members eq "${memberId}"` })}`,
			status: [200],
			check: listOf(count),
		});

	await change("Add members", {
		op: "Add",
		path: "members",
		value: [
			{ $ref: null, value: adaId },
			{ $ref: null, value: graceId },
		],
	});
	await holds("Ask whether one of them is in it", graceId, 1);
	await change("Take one person out, by a list of values", {
		op: "Remove",
		path: "members",
		value: [{ $ref: null, value: graceId }],
	});
	await holds("Ask whether the person is out", graceId, 0);
	await holds("Ask whether the other one stayed", adaId, 1);
	const renamed = `${displayName} renamed`;
	await change("Rename the group", { op: "Replace", path: "displayName", value: renamed });
	await send({
		title: "Find the renamed group, without its members",
		method: "GET",
		path: find(renamed),
		status: [200],
		check: listOf(1, { id, displayName: renamed }),
	});
	await change("Take the last one out, as the newer form has it", {
		op: "remove",
		path: `members[value eq "${adaId}"]`,
	});
	await remove();
	await send({
		title: "Remove it again",
		method: "DELETE",
		path,
		status: [404],
		check: problem,
	});
}

async function softDelete({ send }: Session, id: string): Promise<void> {
	const path = `/Users/${id}`;
	const setActive = (title: string, value: string, active: boolean) =>
		send({
			title,
			method: "PATCH",
			path,
			body: patch({ op: "Replace", path: "active", value }),
			status: [200, 204],
			check: resourceIfAny({ id, active }),
		});
	await setActive("Deactivate the person", "False", false);
	await send({
		title: "Read the deactivated person",
		method: "GET",
		path,
		status: [200],
		check: resource({ id, active: false }),
	});
	await setActive("Reactivate the person", "True", true);
	await setActive("Deactivate the person for good", "False", false);
}
