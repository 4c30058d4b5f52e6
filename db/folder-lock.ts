/**
 * Keeps a second process off the embedded folder: PGlite would let it in, and rows would vanish
 * without an error. The lock is a listening Unix socket, which the kernel frees with the process
 * (a pid file is fooled by containers, where every pid is 1).
 */
import { createHash } from "node:crypto";
import { realpathSync, rmSync } from "node:fs";
import { createConnection, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

/** Another process has the folder open. The message says which one and what to do. */
export class FolderInUse extends Error {
	override name = "FolderInUse";
}

/**
 * Takes the folder for this process. @returns what releases it.
 * @throws FolderInUse naming the holder's pid.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
	const path = socketPath(folder);
	const server = createServer((socket) => socket.end(String(process.pid)));
	for (let attempt = 0; ; attempt++) {
		try {
			await listen(server, path);
			server.unref();
			return () => new Promise((done) => server.close(() => done()));
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || attempt > 2) throw error;
			const holder = await holderOf(path);
			if (holder)
				throw new FolderInUse(
					`The embedded database in ${folder} is in use by process ${holder}. ` +
						"Stop it first, or set DATABASE_URL to a Postgres that several processes can share.",
				);
			rmSync(path, { force: true }); // left by a process that was killed
		}
	}
}

function listen(server: Server, path: string): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(path, () => {
			server.off("error", reject);
			resolve();
		});
	});
}

/** The pid behind a socket, or null when nobody listens. */
function holderOf(path: string): Promise<string | null> {
	return new Promise((resolve) => {
		let text = "";
		const socket = createConnection(path);
		socket.setTimeout(2000, () => socket.destroy(new Error("silent")));
		socket.on("data", (chunk) => {
			text += chunk;
		});
		socket.on("end", () => resolve(text || "unknown"));
		socket.on("error", (error) =>
			resolve((error as NodeJS.ErrnoException).code === "ECONNREFUSED" ? null : "unknown"),
		);
	});
}

/** Socket paths end at about 100 bytes, so a deep folder's socket goes to the temporary folder. */
function socketPath(folder: string): string {
	const inside = relative(process.cwd(), join(folder, "..", "db.lock"));
	if (Buffer.byteLength(inside) < 100) return inside;
	const name = createHash("sha256").update(realpathSync(folder)).digest("hex").slice(0, 24);
	return join(tmpdir(), `gatehouse-${name}.lock`);
}
