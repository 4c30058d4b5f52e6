/** Which filters are given only so much time: those with comparisons that no index answers. */
import { expect, test } from "vitest";
import { newId } from "@/lib/platform/ids";
import { ScimError } from "./errors";
import { groupSource, usersShown } from "./fields";
import { parseFilter } from "./filter";
import { compile } from "./sql";

const people = usersShown({ workspaceId: newId(), id: newId() }, false);
const sources = { people, groups: groupSource };

const scansOf = (of: keyof typeof sources, filter: string, mixed = false) =>
	compile(sources[of], parseFilter(filter), "https://gatehouse.test/api/scim/v2", { mixed }).scans;

test.each([
	["people", 'id eq "01a21795-f572-739a-9f13-71a2726d2a96"'],
	["people", 'userName eq "ada"'],
	["people", 'externalId eq "1"'],
	["people", 'email eq "ada@acme.test"'],
	["people", 'emails eq "ada@acme.test"'],
	["people", 'emails.value eq "ada@acme.test"'],
	["people", 'emails[type eq "work"].value eq "ada@acme.test"'],
	["people", 'emails[type eq "work" and value eq "ada@acme.test" and primary eq true]'],
	["people", 'displayName eq "Ada"'],
	["people", 'title eq "Countess" or name.familyName eq "Byron"'],
	["people", 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "D"'],
	["people", 'name[givenName eq "Ada" and familyName eq "Byron"]'],
	["people", 'groups.value eq "01a21795-f572-739a-9f13-71a2726d2a96"'],
	["people", 'meta.created eq "2026-01-01T00:00:00Z"'],
	["people", 'meta.lastModified eq "2026-01-01T00:00:00Z"'],
	["people", 'meta.resourceType eq "User" and userName eq "ada"'],
	["groups", 'id eq "01a21795-f572-739a-9f13-71a2726d2a96"'],
	["groups", 'displayName eq "G"'],
	["groups", 'externalId eq "1"'],
	["groups", 'members.value eq "01a21795-f572-739a-9f13-71a2726d2a96"'],
	["groups", 'members[value eq "01a21795-f572-739a-9f13-71a2726d2a96"]'],
] as const)("an index answers %s by %s", (of, filter) => {
	expect(scansOf(of, filter)).toBe(0);
});

test.each([
	["people", 'profileUrl eq "https://acme.test"', 1],
	["people", 'manager eq "1"', 1],
	["people", 'manager.$ref eq "1"', 1],
	["people", 'meta.version eq "1"', 1],
	["people", 'meta.location eq "1" or userName eq "ada"', 1],
	["people", 'schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"', 1],
	["people", 'groups.display eq "G"', 1],
	["people", 'groups.type eq "direct"', 1],
	["people", 'photos.value eq "a" or photos.value eq "b"', 2],
	["people", 'emails[type eq "a" or type eq "b"]', 2],
	["people", 'emails[not (type eq "a")]', 1],
	["people", "emails pr", 1],
	["people", 'name[givenName co "a"]', 1],
	["people", 'manager[value eq "1"]', 1],
	["people", "title pr", 1],
	["people", 'title co "a"', 1],
	["people", "title eq null", 1],
	["people", 'not (title eq "a")', 1],
	["people", 'not (emails.value eq "a" or userName eq "b" or not (title eq "c"))', 3],
	["groups", 'members.display eq "Ada"', 1],
	["groups", 'members[value eq "01a21795-f572-739a-9f13-71a2726d2a96" and type eq "user"]', 1],
	["groups", "members pr", 1],
	["groups", 'meta.lastModified eq "2026-01-01T00:00:00Z"', 1],
	["people", 'groups.value eq "a" or groups.value eq "b"', 2],
	["groups", 'members.value eq "a" or displayName eq "b"', 1],
	["groups", 'members.value eq "a" and displayName eq "b"', 0],
] as const)("no index answers %s by %s", (of, filter, scans) => {
	expect(scansOf(of, filter)).toBe(scans);
});

test.each(['name[nosuch eq "a"]', 'name[givenName[a eq "b"]]', 'meta[name.givenName eq "a"]'])(
	"%s names nothing, whether one type is asked or both",
	(filter) => {
		for (const mixed of [false, true])
			expect(() => scansOf("people", filter, mixed)).toThrow(ScimError);
	},
);

test("what a type does not have is looked for nowhere", () => {
	expect(scansOf("groups", 'userName eq "ada"', true)).toBe(0);
});
