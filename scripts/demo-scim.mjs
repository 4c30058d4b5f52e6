/**
 * A small SCIM client for the demo: creates, finds, changes, deactivates and deletes one person,
 * as a company's directory would, and shows each request with its answer. Plain Node.
 */
import "./lib/node-version.mjs";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { command, option, root } from "./lib/run.mjs";
import { bold, complain, faint, Refusal, say } from "./lib/say.mjs";

const userSchema = "urn:ietf:params:scim:schemas:core:2.0:User";
const patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const userName = "mateo.silva@acme.test";

command(main, complain);

async function main() {
	const folder = resolve(root, option(process.argv.slice(2), "data") ?? ".data");
	const file = join(folder, "demo.json");
	if (!existsSync(file))
		throw new Refusal(`There is no ${file}.`, "Start the demo first: npm run demo");
	const { scim, baseUrl, workspace } = JSON.parse(readFileSync(file, "utf8"));
	const call = client(scim);

	const find = `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`;
	const left = await call("Look whether an earlier run left something", "GET", find);
	for (const { id } of left.Resources) await call("Clear it away", "DELETE", `/Users/${id}`);

	const user = await call("Create a person", "POST", "/Users", {
		schemas: [userSchema],
		userName,
		externalId: "7f3b2c",
		active: true,
		name: { givenName: "Mateo", familyName: "Silva" },
		emails: [{ value: userName, type: "work", primary: true }],
	});
	await call("Find the person", "GET", find);
	await call("Change the name", "PATCH", `/Users/${user.id}`, {
		schemas: [patchSchema],
		Operations: [{ op: "replace", path: "name.familyName", value: "Silva Costa" }],
	});
	await call("Deactivate the person, which ends their sessions", "PATCH", `/Users/${user.id}`, {
		schemas: [patchSchema],
		Operations: [{ op: "replace", path: "active", value: false }],
	});
	await call("Delete the person", "DELETE", `/Users/${user.id}`);
	await call("Ask for the person once more", "GET", `/Users/${user.id}`, undefined, 404);
	say(`\nThe activity log tells of all this: ${bold(`${baseUrl}/w/${workspace.slug}/sso`)}`);
}

/** Calls SCIM and shows what went over the wire, the token left out. */
function client({ baseUrl, token }) {
	return async (what, method, path, body, expected) => {
		say(`\n${bold(what)}`);
		say(`> ${method} ${baseUrl}${decodeURIComponent(path)}`);
		if (body) say(faint(indent(body)));
		const response = await fetch(baseUrl + path, {
			method,
			headers: {
				authorization: `Bearer ${token}`,
				...(body ? { "content-type": "application/scim+json" } : {}),
			},
			body: body && JSON.stringify(body),
		}).catch((error) => {
			throw new Refusal(
				`${baseUrl} does not answer (${error.cause?.code ?? error.message}).`,
				"Start the demo first, and leave it running: npm run demo",
			);
		});
		const text = await response.text();
		const answer = text ? JSON.parse(text) : undefined;
		say(`< ${response.status} ${response.statusText}`);
		if (answer) say(faint(indent(answer)));
		if (expected ? response.status === expected : response.ok) return answer;
		throw new Refusal(
			`${method} ${path} was answered ${response.status}.`,
			response.status === 401
				? "The token of the demo was revoked. To begin again: npm run demo -- --reset"
				: "The answer above has the reason.",
		);
	};
}

const indent = (value) => JSON.stringify(value, null, 2).replace(/^/gm, "    ");
