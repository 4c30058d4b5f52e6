/**
 * What the service says of itself, tried: every flag of /Schemas, /ServiceProviderConfig and
 * /ResourceTypes against what a request with that attribute or feature is answered.
 */
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import type { Db } from "@/db/client";
import { directories } from "@/db/schema";
import { aMember, aWorkspace, freshDb } from "@/db/testing";
import type { Attribute } from "./schema";
import { type Answer, aClient, type Client, manyPeople, patchOp, person } from "./testing";

const core = "urn:ietf:params:scim:schemas:core:2.0:User";
const group = "urn:ietf:params:scim:schemas:core:2.0:Group";

let db: Db;
let client: Client;

beforeAll(async () => {
	db = await freshDb();
	client = await aClient(db, (await aWorkspace(db)).id);
});

type Served = { id: string; attributes: Attribute[] };

const schemasFor = async (asking: Client) =>
	(await asking.send("GET", "/Schemas")).body.Resources as unknown as Served[];

/** An attribute or a part of one, as a path names it. */
type Leaf = { path: string; schema: string; attribute: Attribute; part?: Attribute };

/** Everything in a schema that holds a value. */
const leavesOf = ({ id, attributes }: Served): Leaf[] =>
	attributes.flatMap((attribute): Leaf[] => {
		const path = `${id}:${attribute.name}`;
		const { subAttributes: parts } = attribute;
		if (!parts) return [{ path, schema: id, attribute }];
		return parts.map((part) => ({ path: `${path}.${part.name}`, schema: id, attribute, part }));
	});

/** A value of mixed case; what is unique differs from one person to the next. */
function sampleOf(attribute: Attribute, path: string, whose: string): unknown {
	if (attribute.type === "boolean") return true;
	if (attribute.type === "binary") return "QWEt";
	const own = attribute.uniqueness === "server" ? whose : "";
	return attribute.canonicalValues?.[0] ?? `Aa-${own}${path}@Acme.test`;
}

/** Somebody who has everything that may be written. */
function everything(schemas: Served[], whose: string): Record<string, unknown> {
	const writable = ({ mutability }: Attribute) => mutability !== "readOnly";
	const filled = (attribute: Attribute): unknown => {
		const { name, subAttributes, multiValued } = attribute;
		if (!subAttributes) return sampleOf(attribute, name, whose);
		const parts = subAttributes
			.filter(writable)
			.map((part) => [part.name, sampleOf(part, `${name}.${part.name}`, whose)]);
		const value = Object.fromEntries(parts);
		return multiValued ? [value] : value;
	};
	const body: Record<string, unknown> = { schemas: schemas.map(({ id }) => id) };
	for (const { id, attributes } of schemas) {
		const values = attributes.filter(writable).map((each) => [each.name, filled(each)]);
		Object.assign(
			body,
			id === core ? Object.fromEntries(values) : { [id]: Object.fromEntries(values) },
		);
	}
	return body;
}

/** What an answer holds at a leaf: of a list, what its first element does. */
function at(body: Record<string, unknown>, { schema, attribute, part }: Leaf): unknown {
	const holder = (schema === core || schema === group ? body : body[schema]) as
		| Record<string, unknown>
		| undefined;
	const whole = holder?.[attribute.name];
	const value = Array.isArray(whole) ? whole[0] : whole;
	return part ? (value as Record<string, unknown> | undefined)?.[part.name] : value;
}

const refused = (status: number, scimType: string) => ({ status, body: { scimType } });

describe("what /Schemas says of a user", () => {
	let schemas: Served[];
	let leaves: Leaf[];
	let made: Answer;

	beforeAll(async () => {
		schemas = (await schemasFor(client)).filter(({ id }) => id !== group);
		leaves = schemas.flatMap(leavesOf);
		made = await client.send("POST", "/Users", everything(schemas, "1"));
		expect(made.status).toBe(201);
		const members = [{ value: made.body.id }];
		const body = { schemas: [group], displayName: "Staff", members };
		expect((await client.send("POST", "/Groups", body)).status).toBe(201);
		made = await client.send("GET", `/Users/${made.body.id}`);
	});

	test("returned: what it never shows is not there, and all else is, named or not", async () => {
		for (const leaf of leaves) {
			const { path, attribute } = leaf;
			const named = await client.send("GET", `/Users/${made.body.id}?attributes=${path}`);
			const without = await client.send("GET", `/Users/${made.body.id}?excludedAttributes=${path}`);
			const isShown = attribute.returned !== "never";
			expect([path, at(made.body, leaf) !== undefined]).toEqual([path, isShown]);
			expect([path, at(named.body, leaf) !== undefined]).toEqual([path, isShown]);
			expect([path, at(without.body, leaf)]).toEqual([path, undefined]);
		}
	});

	test("multiValued: a list is a list, and nothing else is", () => {
		for (const { attribute, schema } of leaves.filter(
			(leaf) => leaf.attribute.returned !== "never",
		)) {
			const holder = schema === core ? made.body : (made.body[schema] as Record<string, unknown>);
			expect([attribute.name, Array.isArray(holder[attribute.name])]).toEqual([
				attribute.name,
				attribute.multiValued,
			]);
		}
	});

	test("caseExact: filters compare so", async () => {
		const texts = leaves.filter(({ attribute, part }) => {
			const { type } = part ?? attribute;
			return type !== "boolean" && attribute.returned !== "never";
		});
		expect(texts.length).toBeGreaterThan(40);
		for (const leaf of texts) {
			const value = String(at(made.body, leaf));
			const found = async (wanted: string) => {
				const filter = `${leaf.path} eq ${JSON.stringify(wanted)}`;
				const answer = await client.send("GET", `/Users?filter=${encodeURIComponent(filter)}`);
				return answer.body.totalResults;
			};
			const swapped = value === value.toUpperCase() ? value.toLowerCase() : value.toUpperCase();
			const { caseExact } = leaf.part ?? leaf.attribute;
			expect([leaf.path, await found(value)]).toEqual([leaf.path, 1]);
			expect([leaf.path, await found(swapped)]).toEqual([leaf.path, caseExact ? 0 : 1]);
		}
	});

	test("uniqueness: what another has is refused where it says server, and nowhere else", async () => {
		const unique = leaves.filter(
			({ attribute, part }) => (part ?? attribute).uniqueness === "server",
		);
		expect(unique.map(({ path }) => path)).toEqual([`${core}:userName`, `${core}:emails.value`]);
		for (const { attribute } of unique) {
			const other = { ...everything(schemas, `2${attribute.name}`) };
			const same = { ...other, [attribute.name]: made.body[attribute.name] };
			expect(await client.send("POST", "/Users", same)).toMatchObject(refused(409, "uniqueness"));
			expect((await client.send("POST", "/Users", other)).status).toBe(201);
		}
	});

	test("required: nothing else has to be there, and that has to stay", async () => {
		const required = leaves.filter(({ attribute, part }) => (part ?? attribute).required);
		expect(required.map(({ path }) => path)).toEqual([`${core}:userName`]);
		const least = { schemas: [core], userName: "least" };
		const created = await client.send("POST", "/Users", least);
		expect(created.status).toBe(201);
		for (const { path, attribute } of required) {
			const { [attribute.name]: _gone, ...rest } = everything(schemas, "3");
			expect(await client.send("POST", "/Users", rest)).toMatchObject(refused(400, "invalidValue"));
			const removed = await client.patch(created.body.id, { op: "remove", path });
			expect(removed).toMatchObject(refused(400, "mutability"));
			const cleared = await client.patch(created.body.id, { op: "replace", path, value: null });
			expect(cleared).toMatchObject(refused(400, "mutability"));
		}
	});

	test("mutability: what may be written is written, and the rest refused", async () => {
		const { id } = (await client.send("POST", "/Users", everything(schemas, "4"))).body;
		for (const leaf of leaves) {
			const { path, attribute, part } = leaf;
			const { mutability, type } = part ?? attribute;
			const value = type === "boolean" ? false : `Bb-${path}`;
			const answer = await client.patch(id, { op: "replace", path, value });
			if (mutability === "readOnly") {
				expect([path, answer.status, answer.body.scimType]).toEqual([path, 400, "mutability"]);
				continue;
			}
			expect([path, answer.status]).toEqual([path, 200]);
			const read = at((await client.send("GET", `/Users/${id}`)).body, leaf);
			expect([path, read]).toEqual([path, mutability === "writeOnly" ? undefined : value]);
		}
	});

	test("referenceTypes: an address of ours leads to a resource of the type", async () => {
		const boss = (await client.send("POST", "/Users", person("boss@acme.test"))).body;
		const enterprise = schemas.find(({ id }) => id !== core)?.id;
		const path = `${enterprise}:manager.value`;
		await client.patch(made.body.id, { op: "replace", path, value: boss.id });
		const { body } = await client.send("GET", `/Users/${made.body.id}`);
		const references = leaves.filter(({ part }) => part?.name === "$ref");
		expect(references).toHaveLength(2);
		for (const leaf of references) {
			const address = String(at(body, leaf)).split("/api/scim/v2")[1] ?? "";
			expect(leaf.part?.referenceTypes).toEqual([
				(await client.send("GET", address)).body.meta.resourceType,
			]);
		}
	});
});

describe("what /Schemas says of a group", () => {
	test("members have the parts it lists, which nobody may change", async () => {
		const schemas = await schemasFor(client);
		const schema = schemas.find(({ id }) => id === group);
		if (!schema) throw new Error("no groups");
		const ada = (await client.send("POST", "/Users", person("member@acme.test"))).body;
		const sent = { schemas: [group], displayName: "Parts", members: [{ value: ada.id }] };
		const made = (await client.send("POST", "/Groups", sent)).body;
		const patch = (operation: unknown) =>
			client.send("PATCH", `/Groups/${made.id}`, { schemas: [patchOp], Operations: [operation] });
		for (const leaf of leavesOf(schema).filter(({ part }) => part)) {
			const { path, part } = leaf;
			const value = at(made, leaf);
			expect([path, typeof value]).toEqual([path, "string"]);
			if (part?.canonicalValues) expect(part.canonicalValues).toContain(value);
			expect(["immutable", "readOnly"]).toContain(part?.mutability);
			expect(await patch({ op: "replace", path, value: "x" })).toMatchObject(
				refused(400, "mutability"),
			);
		}
		// Its name: required, unique, and compared without case.
		expect(schema.attributes[0]).toMatchObject({
			required: true,
			uniqueness: "server",
			caseExact: false,
		});
		for (const operation of [
			{ op: "remove", path: "displayName" },
			{ op: "replace", path: "displayName", value: null },
		])
			expect(await patch(operation)).toMatchObject(refused(400, "mutability"));
		const twice = { schemas: [group], displayName: "PARTS" };
		expect(await client.send("POST", "/Groups", twice)).toMatchObject(refused(409, "uniqueness"));
		expect(await client.send("POST", "/Groups", { schemas: [group] })).toMatchObject(
			refused(400, "invalidValue"),
		);
	});

	test("a person is in it directly, and in no other way", async () => {
		const strict = await aClient(db, (await aWorkspace(db)).id);
		await db
			.update(directories)
			.set({ strict: true })
			.where(eq(directories.id, strict.directoryId));
		const schema = (await schemasFor(strict)).find(({ id }) => id === core);
		const type = schema?.attributes
			.find(({ name }) => name === "groups")
			?.subAttributes?.find(({ name }) => name === "type");
		expect(type?.canonicalValues).toEqual(["direct"]);
	});
});

describe("what a workspace's policy requires", () => {
	const names = [
		"emails",
		"roles",
		"displayName",
		"name.givenName",
		"name.familyName",
		"externalId",
	] as const;
	const flags = async (asking: Client) => {
		const [user] = await schemasFor(asking);
		const required = (attributes: Attribute[] = [], before = ""): string[] =>
			attributes.flatMap((each) => [
				...(each.required ? [`${before}${each.name}`] : []),
				...required(each.subAttributes, `${before}${each.name}.`),
			]);
		return required(user?.attributes).sort();
	};
	const whole = person("whole@acme.test", { externalId: "whole", roles: [{ value: "member" }] });
	const { emails, roles, displayName, externalId, name, ...least } = whole as typeof whole & {
		roles: unknown;
		externalId: string;
	};
	const lacking = {
		emails: { ...whole, emails: [] },
		roles: { ...whole, roles: [] },
		displayName: { ...whole, displayName: null },
		"name.givenName": { ...whole, name: { familyName: "Byron" } },
		"name.familyName": { ...whole, name: { givenName: "Ada" } },
		externalId: { ...whole, externalId: null },
	};

	test.each(names)("%s: /Schemas says so, and it is refused without", async (requires) => {
		const own = await aClient(
			db,
			(await aWorkspace(db, { policy: { directoryRequires: [requires] } })).id,
		);
		const holder = requires.split(".")[0] ?? "";
		expect(await flags(own)).toEqual([...new Set([holder, requires, "userName"])].sort());
		const path = `/Schemas/${core}`;
		expect((await own.send("GET", path)).body).toEqual(
			(await own.send("GET", "/Schemas")).body.Resources[0],
		);
		expect(await own.send("POST", "/Users", lacking[requires])).toMatchObject(
			refused(400, "invalidValue"),
		);
		const made = await own.send("POST", "/Users", whole);
		expect(made.status).toBe(201);
		for (const operation of [
			{ op: "remove", path: requires },
			{ op: "replace", path: requires, value: null },
		]) {
			const answer = await own.patch(made.body.id, operation);
			expect(answer).toMatchObject(refused(400, "mutability"));
			expect(answer.body.detail).toContain(requires);
		}
		expect(await own.send("PUT", `/Users/${made.body.id}`, lacking[requires])).toMatchObject(
			refused(400, "invalidValue"),
		);
	});

	test("is lacking, and not taken away, where somebody is taken over without it", async () => {
		const workspace = await aWorkspace(db, {
			policy: { directoryRequires: ["externalId"], directoryShows: "everyone" },
		});
		const own = await aClient(db, workspace.id);
		const { id } = await aMember(db, workspace);
		const answer = await own.patch(id, { op: "replace", path: "title", value: "Dr" });
		expect(answer).toMatchObject(refused(400, "invalidValue"));
		expect(answer.body.detail).toContain("externalId");
	});

	test("is said of that workspace alone", async () => {
		expect(await flags(client)).toEqual(["userName"]);
		expect((await client.send("POST", "/Users", least)).status).toBe(201);
		expect([emails, roles, displayName, externalId, name]).not.toContain(undefined);
	});
});

describe("what /ServiceProviderConfig says", () => {
	type Config = {
		patch: { supported: boolean };
		bulk: { maxOperations: number; maxPayloadSize: number };
		filter: { maxResults: number };
		changePassword: { supported: boolean };
		pagination: { defaultPageSize: number; maxPageSize: number; cursorTimeout: number };
		authenticationSchemes: { type: string }[];
	};
	let own: Client;
	let config: Config;
	let now = new Date();
	let ids: string[];

	beforeAll(async () => {
		own = await aClient(db, (await aWorkspace(db)).id, { now: () => now });
		ids = await manyPeople(db, own, 230, (n) => ({ userName: `n${String(n).padStart(3, "0")}` }));
		config = (await own.send("GET", "/ServiceProviderConfig")).body as unknown as Config;
	});

	test("pages hold what it says, by index and by cursor", async () => {
		const { defaultPageSize, maxPageSize } = config.pagination;
		expect(maxPageSize).toBe(config.filter.maxResults);
		for (const way of ["startIndex=1", "cursor"]) {
			const usual = await own.send("GET", `/Users?${way}`);
			expect(usual.body).toMatchObject({ totalResults: 230, itemsPerPage: defaultPageSize });
			const most = await own.send("GET", `/Users?${way}&count=100000`);
			expect(most.body.Resources).toHaveLength(maxPageSize);
		}
	});

	test("a cursor is good as long as it says", async () => {
		const first = now;
		const { nextCursor } = (await own.send("GET", "/Users?cursor&count=10")).body;
		const next = () => own.send("GET", `/Users?count=10&cursor=${nextCursor}`);
		now = new Date(first.getTime() + config.pagination.cursorTimeout * 1000);
		expect((await next()).status).toBe(200);
		now = new Date(now.getTime() + 1);
		expect(await next()).toMatchObject(refused(400, "expiredCursor"));
	});

	test("a bulk request is as large as it says", async () => {
		const { maxOperations, maxPayloadSize } = config.bulk;
		const schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"];
		const bulk = (count: number) => ({
			schemas,
			Operations: Array.from({ length: count }, () => ({ method: "DELETE", path: "/nothing" })),
		});
		expect((await own.send("POST", "/Bulk", bulk(maxOperations))).status).toBe(200);
		expect((await own.send("POST", "/Bulk", bulk(maxOperations + 1))).status).toBe(413);
		const text = JSON.stringify(bulk(1));
		const padded = (size: number) => text + " ".repeat(size - text.length);
		expect((await own.send("POST", "/Bulk", padded(maxPayloadSize))).status).toBe(200);
		expect((await own.send("POST", "/Bulk", padded(maxPayloadSize + 1))).status).toBe(413);
	});

	test("patch, sort and etag are there, and a password changes nothing", async () => {
		expect(config).toMatchObject({
			patch: { supported: true },
			sort: { supported: true },
			etag: { supported: true },
			changePassword: { supported: false },
		});
		const path = `/Users/${ids[7]}`;
		const titled = await own.patch(ids[7] ?? "", { op: "replace", path: "title", value: "Dr" });
		expect(titled.body.title).toBe("Dr");
		const password = { op: "replace", path: "password", value: "Secret-1" };
		const same = await own.patch(ids[7] ?? "", password);
		expect(same.headers.get("etag")).toBe(titled.headers.get("etag"));
		const known = { "if-none-match": titled.headers.get("etag") ?? "" };
		expect((await own.send("GET", path, undefined, known)).status).toBe(304);
		const last = await own.send("GET", "/Users?sortBy=userName&sortOrder=descending&count=1");
		expect(last.body.Resources[0]?.userName).toBe("n229");
	});

	test("the token is the only way in", () => {
		expect(config.authenticationSchemes.map(({ type }) => type)).toEqual(["oauthbearertoken"]);
	});
});

test("what /ResourceTypes says: each has its endpoint and schemas, and no extension is required", async () => {
	const served = (await schemasFor(client)).map(({ id }) => id);
	const { Resources } = (await client.send("GET", "/ResourceTypes")).body;
	const types = Resources as unknown as {
		id: string;
		name: string;
		endpoint: string;
		schema: string;
		schemaExtensions: { schema: string; required: boolean }[];
	}[];
	expect(
		types.flatMap((type) => [type.schema, ...type.schemaExtensions.map((each) => each.schema)]),
	).toEqual(served);
	for (const { id, name, endpoint, schema, schemaExtensions } of types) {
		expect(name).toBe(id);
		const body = { schemas: [schema], userName: "type", displayName: "Type" };
		const made = await client.send("POST", endpoint, body);
		expect([made.status, made.body.meta.resourceType]).toEqual([201, name]);
		expect(made.body.schemas).toEqual([schema]);
		expect(schemaExtensions.every(({ required }) => !required)).toBe(true);
	}
});
