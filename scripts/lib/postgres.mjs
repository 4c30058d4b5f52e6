/**
 * A Postgres for the tests: the one TEST_DATABASE_URL names, or a private cluster in a temporary
 * folder that listens on loopback alone and is gone afterwards. Plain Node.
 */
import { randomBytes } from "node:crypto";
import {
	chownSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { aptInstall, isRoot } from "./apt.mjs";
import { freePort } from "./ports.mjs";
import { atEnd, keep, run, tail } from "./run.mjs";

/** The oldest version Gatehouse supports; where there are several, the oldest of them is tested. */
const leastVersion = 15;

/** @typedef {{ url: string } | { missing: string }} Postgres */

/**
 * Finds or starts a Postgres server.
 * @param {{ durable?: boolean }} [wanted] durable: one that is started waits for the disk, as one in
 *   use does; what is measured on it holds there.
 * @returns {Promise<Postgres>} its URL (of a user who may create databases), or why there is none
 */
export async function providePostgres({ durable = false } = {}) {
	if (process.env.TEST_DATABASE_URL) return { url: process.env.TEST_DATABASE_URL };
	let folder = await findBinaries();
	if (!folder) {
		const refusal = (await aptInstall("postgresql-15")) && (await aptInstall("postgresql"));
		folder = await findBinaries();
		if (!folder)
			return {
				missing: `no Postgres ${leastVersion} or newer was found on the PATH or in /usr/lib/postgresql${
					refusal ? ` (${refusal})` : ""
				}. Install one, or set TEST_DATABASE_URL`,
			};
	}
	return startCluster(folder, durable);
}

/** The folder that holds initdb and postgres of the oldest version that will do. */
async function findBinaries() {
	const packaged = "/usr/lib/postgresql";
	const folders = [
		...(existsSync(packaged) ? readdirSync(packaged).map((v) => join(packaged, v, "bin")) : []),
		...(process.env.PATH ?? "").split(delimiter),
		"/opt/homebrew/bin",
		"/usr/local/bin",
	];
	const found = [];
	for (const folder of folders) {
		if (!existsSync(join(folder, "initdb")) || !existsSync(join(folder, "postgres"))) continue;
		const { output } = await run(join(folder, "postgres"), ["--version"]);
		const version = Number(/\) (\d+)/.exec(output)?.[1]);
		if (version >= leastVersion) found.push({ folder, version });
	}
	return found.sort((a, b) => a.version - b.version)[0]?.folder;
}

/** Postgres refuses to run as root: as whom then. */
function unprivileged() {
	if (!isRoot()) return {};
	const line = readFileSync("/etc/passwd", "utf8")
		.split("\n")
		.sort()
		.reverse()
		.find((entry) => /^(postgres|nobody):/.test(entry));
	const [, , uid, gid] = line?.split(":") ?? [];
	return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) };
}

async function startCluster(binaries, durable) {
	const as = unprivileged();
	const base = mkdtempSync(join(tmpdir(), "gatehouse-postgres-"));
	const data = join(base, "data");
	const passwordFile = join(base, "password");
	const password = randomBytes(18).toString("base64url");
	writeFileSync(passwordFile, password, { mode: 0o600 });
	mkdirSync(data, { mode: 0o700 });
	if (as.uid !== undefined)
		for (const path of [base, data, passwordFile]) chownSync(path, as.uid, as.gid);
	atEnd(() => rmSync(base, { recursive: true, force: true }));

	const made = await run(
		join(binaries, "initdb"),
		["-D", data, "-U", "gatehouse", "-A", "scram-sha-256", "--pwfile", passwordFile].concat([
			"-E",
			"UTF8",
			"--no-locale",
			"--no-sync",
		]),
		{ ...as, cwd: base, env: { HOME: base } },
	);
	if (made.code !== 0) return { missing: `initdb failed: ${tail(made.output, 3)}` };

	const port = await freePort();
	const settings = {
		listen_addresses: "127.0.0.1",
		unix_socket_directories: base,
		max_connections: 100,
		// Nothing in it outlives the run, so it need not wait for the disk.
		...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
	};
	let ended;
	keep(
		"Postgres",
		["-D", data, "-p", String(port)].concat(
			Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
		),
		{
			command: join(binaries, "postgres"),
			...as,
			cwd: base,
			// A fast shutdown: open connections are closed instead of waited for.
			signal: "SIGINT",
			onEnd: (end) => {
				ended = end;
			},
		},
	);
	const url = `postgres://gatehouse:${password}@127.0.0.1:${port}/postgres`;
	for (let attempt = 0; attempt < 100 && !ended; attempt++) {
		const answer = await run(join(binaries, "pg_isready"), [
			"-q",
			"-h",
			"127.0.0.1",
			"-p",
			String(port),
		]);
		if (answer.code === 0) return { url };
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	return { missing: `Postgres did not start: ${tail(ended?.output ?? "no answer in 10 s", 3)}` };
}
