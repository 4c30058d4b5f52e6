/** Writing the rows of directory users. What a change means for the member is ./users. */
import { and, eq, or, sql } from "drizzle-orm";
import { directoryUsers, removals } from "@/db/schema";
import { statement, toSet } from "@/db/statement";
import { groupsColumn } from "./entries";
import { type Attributes, foldDeep, type Person } from "./person";

/** The columns that `rowOf` gives. */
const derived = [
	"userName",
	"userNameKey",
	"externalId",
	"active",
	"email",
	"emailKey",
	"emailKeys",
	"displayName",
	"resource",
	"search",
] as const;

/** Adds an entry. Removals of this person go: who is brought again is no longer kept out. */
export const insertEntry = statement(
	[
		...derived,
		"workspaceId",
		"directoryId",
		"id",
		"createdAt",
		"lastModifiedAt",
		"memberId",
		"createdMember",
		"version",
	],
	(on, at) => {
		// What is not known (null) is nobody's.
		const samePerson = or(
			eq(removals.userNameKey, at.userNameKey),
			eq(removals.emailKey, at.emailKey),
			eq(removals.externalId, at.externalId),
			eq(removals.memberId, at.memberId),
		);
		const forgotten = on.$with("forgotten").as(
			on
				.delete(removals)
				.where(and(eq(removals.workspaceId, at.workspaceId), samePerson))
				.returning(),
		);
		return on.with(forgotten).insert(directoryUsers).values(at);
	},
	[directoryUsers, removals],
);

/** Changes an entry, whose version goes up. */
export const updateEntry = statement(
	[...derived, "workspaceId", "directoryId", "id", "lastModifiedAt"],
	(on, { workspaceId, directoryId, id, ...at }) =>
		on
			.update(directoryUsers)
			.set(toSet({ ...at, version: sql`${directoryUsers.version} + 1` }))
			.where(
				and(
					eq(directoryUsers.workspaceId, workspaceId),
					eq(directoryUsers.directoryId, directoryId),
					eq(directoryUsers.id, id),
				),
			)
			.returning({ version: directoryUsers.version, groups: groupsColumn }),
	[directoryUsers],
);

/** The columns that follow from the attributes. */
export function rowOf(person: Person, attributes: Attributes) {
	const { userName, userNameKey, externalId, active, email, emailKey, emailKeys, displayName } =
		person;
	return {
		userName,
		userNameKey,
		externalId,
		active,
		email,
		emailKey,
		emailKeys,
		displayName,
		resource: attributes,
		search: foldDeep(attributes),
	};
}
