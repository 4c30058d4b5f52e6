/** The requests that are measured: what a directory sends day by day. */
import { randomBytes } from "node:crypto";
import { bodyOf, type Caller } from "./http";

const userSchema = "urn:ietf:params:scim:schemas:core:2.0:User";
const groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";
const patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

export type Known = { id: string; userName: string };

const patch = (...Operations: unknown[]) => ({ schemas: [patchSchema], Operations });
const filtered = (userName: string) =>
	`/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`;

type Page = { totalResults: number; Resources: Known[]; nextCursor?: string };

/** The first so many people of a directory. */
export async function peopleIn({ call }: Caller, most: number): Promise<Known[]> {
	const people: Known[] = [];
	while (people.length < most) {
		const path = `/Users?startIndex=${people.length + 1}&count=100`;
		const { Resources } = bodyOf<Page>(await call("GET", path), 200);
		if (Resources.length === 0) break;
		people.push(...Resources.map(({ id, userName }) => ({ id, userName })));
	}
	return people.slice(0, most);
}

export async function read({ call }: Caller, { id }: Known): Promise<void> {
	bodyOf(await call("GET", `/Users/${id}`), 200);
}

export async function find({ call }: Caller, { userName }: Known): Promise<void> {
	const { totalResults } = bodyOf<Page>(await call("GET", filtered(userName)), 200);
	if (totalResults !== 1) throw new Error(`found ${totalResults} instead of 1`);
}

export async function pageOf({ call }: Caller, startIndex: number): Promise<void> {
	bodyOf<Page>(await call("GET", `/Users?startIndex=${startIndex}&count=100`), 200);
}

/** What an import does for each person: looks for them, and creates them. */
export async function importOne({ call }: Caller): Promise<Known> {
	const mark = randomBytes(8).toString("hex");
	const userName = `import-${mark}@bench.test`;
	bodyOf(await call("GET", filtered(userName)), 200);
	const body = {
		schemas: [userSchema],
		userName,
		externalId: mark,
		active: true,
		displayName: `Person ${mark}`,
		name: { givenName: "Person", familyName: mark },
		emails: [{ value: userName, type: "work", primary: true }],
	};
	const { id } = bodyOf<Known>(await call("POST", "/Users", body), 201);
	return { id, userName };
}

export async function rename({ call }: Caller, { id }: Known): Promise<void> {
	const value = `Renamed ${randomBytes(6).toString("hex")}`;
	const body = patch({ op: "replace", path: "displayName", value });
	bodyOf(await call("PATCH", `/Users/${id}`, body), 200, 204);
}

export async function setActive({ call }: Caller, { id }: Known, value: boolean): Promise<void> {
	const body = patch({ op: "replace", path: "active", value });
	bodyOf(await call("PATCH", `/Users/${id}`, body), 200, 204);
}

/** A pair of every day: finds somebody and changes them; one in five is switched off and on again. */
export async function steady(caller: Caller, person: Known, index: number): Promise<void> {
	await find(caller, person);
	if (index % 5 !== 4) return rename(caller, person);
	await setActive(caller, person, false);
	await setActive(caller, person, true);
}

/** Makes an empty group. @returns null where the server keeps no groups. */
export async function makeGroup({ call }: Caller): Promise<string | null> {
	const displayName = `Bench ${randomBytes(6).toString("hex")}`;
	const reply = await call("POST", "/Groups", { schemas: [groupSchema], displayName });
	return reply.status === 501 || reply.status === 404 ? null : bodyOf(reply, 201).id;
}

/** Adds people by 256, the most that Okta sends at once. @returns how long each request took. */
export async function fillGroup({ call }: Caller, group: string, ids: string[]): Promise<number[]> {
	const times: number[] = [];
	for (let from = 0; from < ids.length; from += 256) {
		const value = ids.slice(from, from + 256).map((id) => ({ value: id }));
		const reply = await call(
			"PATCH",
			`/Groups/${group}`,
			patch({ op: "add", path: "members", value }),
		);
		bodyOf(reply, 200, 204);
		times.push(reply.ms);
	}
	return times;
}

/** As Entra takes somebody out: by a list of values. */
export async function takeOut({ call }: Caller, group: string, ids: string[]): Promise<number> {
	const value = ids.map((id) => ({ value: id }));
	const reply = await call(
		"PATCH",
		`/Groups/${group}`,
		patch({ op: "remove", path: "members", value }),
	);
	bodyOf(reply, 200, 204);
	return reply.ms;
}

export async function putGroup({ call }: Caller, group: string, ids: string[]): Promise<number> {
	const reply = await call("PUT", `/Groups/${group}`, {
		schemas: [groupSchema],
		id: group,
		displayName: `Bench put ${group}`,
		members: ids.map((id) => ({ value: id })),
	});
	bodyOf(reply, 200, 204);
	return reply.ms;
}

export async function getGroup({ call }: Caller, group: string, query = ""): Promise<number> {
	const reply = await call("GET", `/Groups/${group}${query}`);
	bodyOf(reply, 200);
	return reply.ms;
}

/** Pages through everybody by cursor. @returns how long each page took; null where there are no cursors. */
export async function pageByCursor({ call }: Caller, count = 100): Promise<number[] | null> {
	const times: number[] = [];
	let cursor: string | undefined = "";
	while (cursor !== undefined) {
		const path = `/Users?cursor${cursor === "" ? "" : `=${encodeURIComponent(cursor)}`}&count=${count}`;
		const reply = await call("GET", path);
		if (reply.status === 400 && times.length === 0) return null;
		const { nextCursor, totalResults, Resources } = bodyOf<Page>(reply, 200);
		if (times.length === 0 && nextCursor === undefined && totalResults > Resources.length)
			return null;
		times.push(reply.ms);
		cursor = nextCursor;
	}
	return times;
}
