/** What is measured: a server that answers SCIM, the workspaces on it, and how to take it down. */
import type { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPostgres } from "@/db/client";
import { departures } from "@/db/schema";
import { answers, freePort } from "../lib/ports.mjs";
import { atEnd, keep, run, tail } from "../lib/run.mjs";
import { Refusal } from "../lib/say.mjs";

/** A directory with people in it. */
export type Place = { users: number; workspaceId: string; token: string };

export type Target = {
	name: string;
	/** The base URL. */
	url: string;
	places: Place[];
	/** Several small directories. */
	tenants: Place[];
	/** The server's process, where it runs on this machine. */
	pid?: number;
	/** Leaves it as on a quiet day: nobody has left lately, so that the brake has few to count. */
	quieten?: () => Promise<void>;
	/** What it does not answer: the bare reference speaks no SCIM. */
	bare?: true;
	stop: () => Promise<void>;
};

/** Gatehouse as `npm start` runs it, on a fresh Postgres database or on the embedded one. */
export async function gatehouse(postgres: string | null): Promise<Target> {
	const env = await aDatabase(postgres);
	const seeded = await seed(env);
	const port = await freePort();
	const url = `http://localhost:${port}`;
	const started = await start(
		"dist/server.js",
		["--enable-source-maps"],
		{
			...env,
			PORT: String(port),
			PUBLIC_URL: url,
		},
		`${url}/api/health`,
	);
	const name = postgres ? "Gatehouse on Postgres" : "Gatehouse on PGlite";
	const target = { name, url: `${url}/api/scim/v2`, ...seeded, ...started };
	return postgres ? { ...target, quieten: quietenAt(env.DATABASE_URL ?? "") } : target;
}

/** The same tables on Postgres, the same token check and the same rows by hand, and no SCIM. */
export async function bareReference(postgres: string): Promise<Target> {
	const env = await aDatabase(postgres);
	const seeded = await seed(env);
	const port = await freePort();
	const url = `http://localhost:${port}`;
	const started = await start(
		"scripts/bench-bare.mjs",
		[],
		{ ...env, PORT: String(port) },
		`${url}/health`,
	);
	const quieten = quietenAt(env.DATABASE_URL ?? "");
	return { name: "bare", url, ...seeded, ...started, quieten, bare: true };
}

function quietenAt(url: string): () => Promise<void> {
	return async () => {
		const { db, close } = openPostgres(url, 1);
		await db.delete(departures);
		await close();
	};
}

async function aDatabase(postgres: string | null): Promise<Record<string, string>> {
	const folder = mkdtempSync(join(tmpdir(), "gatehouse-bench-"));
	atEnd(() => rmSync(folder, { recursive: true, force: true }));
	const common = {
		NODE_ENV: "production",
		NEXT_TELEMETRY_DISABLED: "1",
		HOST: "127.0.0.1",
		LOG_LEVEL: "warn",
		DATA_DIR: folder,
		GATEHOUSE_KEY: randomBytes(32).toString("base64"),
	};
	if (!postgres) return { ...common, DATABASE_URL: "" };
	const admin = openPostgres(postgres, 1);
	const name = `bench_${randomBytes(6).toString("hex")}`;
	await admin.db.execute(`create database ${name}`);
	atEnd(async () => {
		await admin.db.execute(`drop database if exists ${name} with (force)`);
		await admin.close();
	});
	const url = new URL(postgres);
	url.pathname = `/${name}`;
	return { ...common, DATABASE_URL: url.href };
}

async function seed(env: Record<string, string>): Promise<{ places: Place[]; tenants: Place[] }> {
	const words = ["--import", "tsx", "scripts/bench-set-up.ts"];
	const { code, output } = await run(process.execPath, words, {
		env: { ...env, PUBLIC_URL: "http://localhost:3000" },
	});
	if (code !== 0)
		throw new Refusal(
			"The database could not be filled.",
			"The output above has the reason.",
			tail(output),
		);
	return JSON.parse(output.trim().split("\n").at(-1) ?? "");
}

async function start(
	file: string,
	flags: string[],
	env: Record<string, string>,
	alive: string,
): Promise<Pick<Target, "pid" | "stop">> {
	let ended: { code: number | null; output: string } | undefined;
	const child = keep(file, [...flags, file], {
		env,
		onEnd: (end: { code: number | null; output: string }) => {
			ended = end;
		},
	}) as ReturnType<typeof spawn>;
	await answers(alive);
	if (ended)
		throw new Refusal(
			`${file} did not start.`,
			"The output above has the reason.",
			tail(ended.output),
		);
	return {
		...(child.pid === undefined ? {} : { pid: child.pid }),
		stop: () =>
			new Promise((resolve) => {
				if (child.exitCode !== null) return resolve();
				child.once("close", () => resolve());
				child.kill("SIGTERM");
			}),
	};
}

/** How much memory a process holds, in MiB; undefined where the system does not say it. */
export function memoryOf(pid: number | undefined): number | undefined {
	try {
		const status = readFileSync(`/proc/${pid}/status`, "utf8");
		return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
	} catch {
		return undefined;
	}
}
