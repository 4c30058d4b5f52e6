/**
 * Child processes: run one to its end, or keep some running and stop them all together.
 * Plain Node.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Refusal } from "./say.mjs";

/** The folder of the repository. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** npm and npx are batch files on Windows, which only a shell can start. */
const needsShell = (command) => process.platform === "win32" && /^np[mx]$/.test(command);

/**
 * Runs a command to its end without showing what it prints.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, show?: boolean, uid?: number, gid?: number, cwd?: string }} [options]
 *   `show` lets the command write to this terminal, and nothing is collected then
 * @returns {Promise<{ code: number, output: string }>} the exit code, 127 where it cannot be started
 */
export function run(command, args, options = {}) {
	return new Promise((resolve) => {
		const child = spawn(command, args, {
			cwd: options.cwd ?? root,
			env: { ...process.env, ...options.env },
			stdio: options.show ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
			detached: ownGroup,
			shell: needsShell(command),
			...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid }),
		});
		let output = "";
		const collect = (chunk) => {
			output += chunk;
		};
		child.stdout?.on("data", collect);
		child.stderr?.on("data", collect);
		// npm passes a signal on to its shell and no further, so the whole group is told.
		running.set(child, (signal = "SIGTERM") => signalGroup(child, signal));
		child.on("error", (error) => {
			running.delete(child);
			resolve({ code: 127, output: String(error.message) });
		});
		child.on("close", (code, signal) => {
			running.delete(child);
			resolve({ code: code ?? (signal ? 1 : 0), output });
		});
	});
}

/** The last lines of an output, which is where the reason stands. */
export function tail(output, lines = 30) {
	return output.trimEnd().split("\n").slice(-lines).join("\n");
}

/** What this process started and must not leave behind, with how to signal it. */
const running = new Map();

// Out of the terminal's group: Ctrl-C reaches a child once, through stopAll, and not twice.
const ownGroup = process.platform !== "win32";

function signalGroup(child, signal) {
	try {
		if (ownGroup && child.pid) process.kill(-child.pid, signal);
		else child.kill(signal);
	} catch {
		// It ended by itself in between.
	}
}
const cleanups = [];
let stopping = false;

/** Runs `work` when this process stops, whatever the reason, after its children have ended. */
export function atEnd(work) {
	cleanups.unshift(work);
}

/**
 * Starts a process that stays up. If it ends by itself, `onEnd` hears of it.
 * @param {string} name how messages call it
 * @param {string[]} args
 * @param {{ command?: string, env?: Record<string, string>, cwd?: string, uid?: number, gid?: number,
 *   signal?: NodeJS.Signals, log?: (line: string) => void,
 *   onEnd?: (end: { name: string, code: number | null, output: string }) => void }} options
 *   `command` is Node unless given; `signal` is what stops it politely
 */
export function keep(name, args, options) {
	const { command = process.execPath, env, log, onEnd, signal = "SIGTERM", ...rest } = options;
	const child = spawn(command, args, {
		cwd: root,
		...rest,
		env: { ...process.env, ...env },
		stdio: ["ignore", "pipe", "pipe"],
		detached: ownGroup,
	});
	let output = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8");
		stream.on("data", (chunk) => {
			output = (output + chunk).slice(-20_000);
			if (log) for (const line of chunk.trimEnd().split("\n")) log(line);
		});
	}
	const ended = (code) => {
		if (!running.delete(child)) return;
		if (!stopping) onEnd?.({ name, code, output });
	};
	running.set(child, (stronger) => child.kill(stronger ?? signal));
	child.on("error", (error) => {
		output += error.message;
		ended(127);
	});
	child.on("close", ended);
	return child;
}

// Also where this process ends without stopAll, by a fault for instance.
process.on("exit", () => {
	for (const signal of running.values()) signal();
});

/** Stops every child: politely first, by force after 15 seconds. Then runs the clean-ups. */
async function stopAll() {
	if (stopping) return;
	stopping = true;
	const ends = [...running.keys()].map(
		(child) => new Promise((resolve) => child.on("close", () => resolve(undefined))),
	);
	for (const signal of running.values()) signal();
	const force = setTimeout(() => {
		for (const signal of running.values()) signal("SIGKILL");
	}, 15_000);
	await Promise.all(ends);
	clearTimeout(force);
	for (const cleanup of cleanups) await cleanup();
}

/**
 * Runs a command's `main`. Ctrl-C and the like stop all children; a refusal is printed with its
 * remedy. Exits with 0, or 1, or 128 and the signal's number.
 * @param {() => Promise<number | void>} main returns the exit code
 * @param {(error: unknown) => void} complain
 */
export async function command(main, complain) {
	const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
	for (const [signal, code] of Object.entries(signals))
		process.on(signal, () => {
			process.stdout.write("\nStopping.\n");
			stopAll().then(() => process.exit(code));
		});
	let code = 0;
	try {
		code = (await main()) ?? 0;
	} catch (error) {
		if (!stopping) complain(error);
		code = 1;
	}
	// A signal is being handled: it decides the exit code.
	if (stopping) return;
	await stopAll();
	process.exit(code);
}

/** The value of `--name value` or `--name=value`, or undefined. @throws Refusal when it is missing. */
export function option(args, name) {
	const at = args.findIndex((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
	if (at < 0) return undefined;
	const [, inline] = args[at].split(/=(.*)/s);
	const value = inline ?? args[at + 1];
	if (!value || value.startsWith("--"))
		throw new Refusal(`--${name} needs a value.`, `Write it as --${name} <value>.`);
	return value;
}
