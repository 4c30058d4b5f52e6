/** Whom the clients send, and the names of schemas they write. */
import type { Cast } from "./session";

export const coreUser = "urn:ietf:params:scim:schemas:core:2.0:User";
export const coreGroup = "urn:ietf:params:scim:schemas:core:2.0:Group";
export const enterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const patchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

export type Person = { userName: string; given: string; family: string; externalId: string };

/** Two people of this run. */
export const peopleOf = ({ mark, domain }: Cast): [Person, Person] => [
	personOf(mark, domain, "Ada", "Byron"),
	personOf(mark, domain, "Grace", "Hopper"),
];

const personOf = (mark: string, domain: string, given: string, family: string): Person => ({
	userName: `${given}.${family}.${mark}@${domain}`.toLowerCase(),
	given,
	family,
	externalId: `${mark}-${given}`.toLowerCase(),
});

/** A PATCH body with these operations. */
export const patch = (...operations: unknown[]) => ({ schemas: [patchOp], Operations: operations });

/** A query as most clients write it: percent-encoded. */
export const query = (parameters: Record<string, string | number>) =>
	`?${Object.entries(parameters)
		.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
		.join("&")}`;
