/** Whom the clients send, and the names of schemas they write. */
import type { Cast } from "./session";

export const coreUser = "urn:ietf:params:scim:schemas:core:2.0:User";
export const coreGroup = "urn:ietf:params:scim:schemas:core:2.0:Group";
export const enterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const patchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

export type Person = {
	userName: string;
	given: string;
	family: string;
	externalId: string;
	/** What they have in `roles`; null: the client has nothing mapped to it. */
	role: string | null;
};

/** Two people of this run. */
export const peopleOf = (cast: Cast): [Person, Person] => [
	personOf(cast, "Ada", "Byron"),
	personOf(cast, "Grace", "Hopper"),
];

const personOf = ({ mark, domain, role = null }: Cast, given: string, family: string): Person => ({
	userName: `${given}.${family}.${mark}@${domain}`.toLowerCase(),
	given,
	family,
	externalId: `${mark}-${given}`.toLowerCase(),
	role,
});

/** The `roles` of a person, where the client sends any. */
export const rolesOf = ({ role }: Person) => (role === null ? {} : { roles: [{ value: role }] });

/** A PATCH body with these operations. */
export const patch = (...operations: unknown[]) => ({ schemas: [patchOp], Operations: operations });

/** A query as most clients write it: percent-encoded. */
export const query = (parameters: Record<string, string | number>) =>
	`?${Object.entries(parameters)
		.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
		.join("&")}`;
