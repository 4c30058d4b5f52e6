/**
 * The bare reference: Node's http and `pg` on the product's own tables, one prepared statement for
 * the token and the row, and the rows that a request leaves behind written by hand, those of the
 * request log among them (together every 200 ms, as the product does). No SCIM: no
 * schema, no filter language, no PATCH semantics, no policy, nothing checked. It shows what the
 * machine gives at most, and is for measuring alone.
 */
import { createHash, randomUUID } from "node:crypto";
import http from "node:http";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

/** Token, directory, workspace, and the row that is asked for: what the product's hot path reads. */
const known = (condition) => `
	select t.id as token_id, t.name as token_name, t.revoked_at, t.expires_at, d.workspace_id,
		d.id as directory_id, d.enabled, d.strict, w.plan,
		(select p.document ->> 'directoryNeeds' from policies p where p.workspace_id = w.id
			order by p.revision desc limit 1) as needs, u.id, u.resource, u.version, u.created_at,
		u.last_modified_at
	from directory_tokens t
	join directories d on d.workspace_id = t.workspace_id and d.id = t.directory_id
	join workspaces w on w.id = d.workspace_id
	left join directory_users u on u.workspace_id = d.workspace_id and u.directory_id = d.id
		and ${condition}
	where t.hash = $1`;

const statements = {
	token: known("false"),
	byId: known("u.id = $2"),
	byUserName: known("u.user_name_key = $2"),
	page: `select id, resource, version, created_at, last_modified_at from directory_users
		where workspace_id = $1 and directory_id = $2 order by created_at, id limit $3 offset $4`,
	count: `select count(*)::int as total from directory_users
		where workspace_id = $1 and directory_id = $2`,
	lock: "select pg_advisory_xact_lock_shared(hashtextextended($1, 0))",
	forUpdate: `select * from directory_users
		where workspace_id = $1 and directory_id = $2 and id = $3 for update`,
	addMember: `insert into members (workspace_id, id, email, email_key, email_proof, name, status,
		role, created_by) values ($1, $2, $3, $3, 'directory', $4, 'active', 'member', 'directory')`,
	addUser: `insert into directory_users (workspace_id, directory_id, id, user_name, user_name_key,
		external_id, active, email, email_key, email_keys, display_name, resource, search, member_id,
		created_member)
		values ($1, $2, $3, $4, $4, $5, true, $4, $4, array[$4::text], $6, $7, $8, $3, true)
		returning id, resource, version, created_at, last_modified_at`,
	setUser: `update directory_users set resource = $4, search = $5, active = $6, display_name = $7,
		version = version + 1, last_modified_at = now()
		where workspace_id = $1 and directory_id = $2 and id = $3
		returning id, resource, version, created_at, last_modified_at`,
	setName: "update members set name = $3 where workspace_id = $1 and id = $2",
	suspend: `update members set status = 'suspended', suspended_by = 'directory', role = null,
		epoch = epoch + 1 where workspace_id = $1 and id = $2`,
	reactivate: `update members set status = 'active', suspended_by = null, role = 'member'
		where workspace_id = $1 and id = $2`,
	endSessions: "delete from sessions where workspace_id = $1 and member_id = $2",
	endKeys: `update api_keys set revoked_at = now()
		where workspace_id = $1 and member_id = $2 and revoked_at is null`,
	endLinks: "delete from mail_links where workspace_id = $1 and member_id = $2",
	depart: `insert into directory_departures (workspace_id, id, directory_id, at)
		values ($1, $2, $3, now())`,
	noteRequests: `insert into scim_requests
		select * from json_populate_recordset(null::scim_requests, $1::json)`,
	log: `insert into activity (workspace_id, id, at, kind, outcome, actor_kind, actor_id, actor_label,
		subject_kind, subject_id, subject_label, details) values
		($1, $2, now(), $4, 'done', 'directory', $6, $7, 'directory_user', $8, $9, $10),
		($1, $3, now(), $5, 'done', 'directory', $6, $7, 'member', $8, $9, $11)`,
};

/** Each statement is prepared once a connection, by its name. */
const run = (on, name, values) => on.query({ name, text: statements[name], values });

/** The copy that filters look at, roughly. */
const folded = (resource) => JSON.stringify(resource).toLowerCase();

class Refused extends Error {
	constructor(status) {
		super(String(status));
		this.status = status;
	}
}

async function recognise(request, name = "token", ...key) {
	const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
	const hash = createHash("sha256").update(token).digest("base64url");
	const [row] = (await run(pool, name, [hash, ...key])).rows;
	if (!row || row.revoked_at || (row.expires_at && row.expires_at < new Date()))
		throw new Refused(401);
	if (!row.enabled || row.plan !== "enterprise") throw new Refused(403);
	request.caller = row;
	return row;
}

let waiting = [];
setInterval(() => {
	const rows = waiting;
	waiting = [];
	if (rows.length > 0) void run(pool, "noteRequests", [JSON.stringify(rows)]);
}, 200);

/** Notes an answered request, as the product's log has it. */
function note(request, at, status, answered) {
	const { workspace_id, directory_id, token_name } = request.caller;
	waiting.push({
		workspace_id,
		id: randomUUID(),
		directory_id,
		token_name,
		at,
		method: request.method,
		path: request.url,
		status,
		milliseconds: Date.now() - at.getTime(),
		address: request.socket.remoteAddress,
		user_agent: request.headers["user-agent"] ?? null,
		request_body: request.sent ?? null,
		response_body: request.method === "GET" ? null : answered,
		redacted: false,
		cut: false,
		changed: [],
		notes: [],
	});
}

const shown = ({ id, resource, version, created_at, last_modified_at }) => ({
	id,
	...resource,
	meta: { created: created_at, lastModified: last_modified_at, version: `W/"${version}"` },
});

async function transaction(workspaceId, work) {
	const client = await pool.connect();
	try {
		await client.query("begin");
		await run(client, "lock", [workspaceId]);
		const result = await work(client);
		await client.query("commit");
		return result;
	} catch (error) {
		await client.query("rollback");
		throw error;
	} finally {
		client.release();
	}
}

const log = (client, { workspace_id, token_name, directory_id }, kinds, id, label, details) =>
	run(client, "log", [
		workspace_id,
		randomUUID(),
		randomUUID(),
		...kinds,
		directory_id,
		token_name,
		id,
		label,
		...details.map((each) => JSON.stringify(each)),
	]);

async function create(request) {
	const caller = await recognise(request);
	const body = JSON.parse(await read(request));
	return transaction(caller.workspace_id, async (client) => {
		const id = randomUUID();
		const { workspace_id, directory_id } = caller;
		const { userName, externalId, displayName } = body;
		await run(client, "addMember", [workspace_id, id, userName, displayName]);
		const { rows } = await run(client, "addUser", [
			workspace_id,
			directory_id,
			id,
			userName,
			externalId,
			displayName,
			JSON.stringify(body),
			folded(body),
		]);
		const kinds = ["directory.user_created", "member.created"];
		await log(client, caller, kinds, id, displayName, [{ linked: false }, { by: "directory" }]);
		return [201, shown(rows[0])];
	});
}

/** Sets the attributes that the operations name. */
async function change(request, id) {
	const caller = await recognise(request);
	const { Operations } = JSON.parse(await read(request));
	return transaction(caller.workspace_id, async (client) => {
		const { workspace_id, directory_id } = caller;
		const key = [workspace_id, directory_id, id];
		const [current] = (await run(client, "forUpdate", key)).rows;
		if (!current) throw new Refused(404);
		const next = { ...current.resource };
		for (const { path, value } of Operations) next[path] = value;
		const { rows } = await run(client, "setUser", [
			...key,
			JSON.stringify(next),
			folded(next),
			next.active,
			next.displayName,
		]);
		let kinds = ["directory.user_updated", "member.updated"];
		if (next.active === current.active)
			await run(client, "setName", [workspace_id, id, next.displayName]);
		else if (next.active) {
			await run(client, "reactivate", [workspace_id, id]);
			kinds = ["directory.user_reactivated", "member.reactivated"];
		} else {
			await run(client, "depart", [workspace_id, randomUUID(), directory_id]);
			await run(client, "suspend", [workspace_id, id]);
			await run(client, "endSessions", [workspace_id, id]);
			await run(client, "endKeys", [workspace_id, id]);
			await run(client, "endLinks", [workspace_id, id]);
			kinds = ["directory.user_deactivated", "member.suspended"];
		}
		const details = [{ changed: Operations.map(({ path }) => path) }, {}];
		await log(client, caller, kinds, id, next.displayName, details);
		return [200, shown(rows[0])];
	});
}

async function list(request, query) {
	const filter = /^userName eq "(.*)"$/.exec(query.get("filter") ?? "")?.[1];
	if (filter !== undefined) {
		const row = await recognise(request, "byUserName", filter.toLowerCase());
		const found = row.id ? [shown(row)] : [];
		return [200, { totalResults: found.length, Resources: found }];
	}
	const { workspace_id, directory_id } = await recognise(request);
	const [
		{
			rows: [counted],
		},
		{ rows },
	] = await Promise.all([
		run(pool, "count", [workspace_id, directory_id]),
		run(pool, "page", [
			workspace_id,
			directory_id,
			Number(query.get("count") ?? 100),
			Number(query.get("startIndex") ?? 1) - 1,
		]),
	]);
	return [200, { totalResults: counted.total, Resources: rows.map(shown) }];
}

async function get(request, id) {
	const row = await recognise(request, "byId", id);
	if (!row.id) throw new Refused(404);
	return [200, shown(row)];
}

async function read(request) {
	const chunks = [];
	for await (const chunk of request) chunks.push(chunk);
	request.sent = Buffer.concat(chunks).toString();
	return request.sent;
}

function answer(request) {
	const { pathname, searchParams } = new URL(request.url, "http://localhost");
	if (pathname === "/health") return [200, {}];
	const [, resource, id] = pathname.split("/");
	if (resource !== "Users") throw new Refused(404);
	const act = {
		"GET /": () => list(request, searchParams),
		"POST /": () => create(request),
		"GET /id": () => get(request, id),
		"PATCH /id": () => change(request, id),
	}[`${request.method} /${id ? "id" : ""}`];
	if (!act) throw new Refused(405);
	return act();
}

// As long as the product, so that the driver's connections stay open between rounds.
http
	.createServer({ keepAliveTimeout: 65_000 }, async (request, response) => {
		const at = new Date();
		let [status, body] = [500, {}];
		try {
			[status, body] = await answer(request);
		} catch (error) {
			if (error instanceof Refused) status = error.status;
			else process.stderr.write(`${error.stack}\n`);
		}
		const answered = JSON.stringify(body);
		if (request.caller) note(request, at, status, answered);
		const text = Buffer.from(answered);
		response.writeHead(status, {
			"content-type": "application/json",
			"content-length": text.length,
		});
		response.end(text);
	})
	.listen(Number(process.env.PORT), "127.0.0.1");

process.on("SIGTERM", () => process.exit(0));
