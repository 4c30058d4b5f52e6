/** Ports of this machine. Plain Node. */
import { connect, createServer } from "node:net";
import { Refusal } from "./say.mjs";

/** The addresses `localhost` may stand for; a browser tries the second one first. */
const loopback = ["127.0.0.1", "::1"];

function listens(port, host) {
	return new Promise((resolve) => {
		const socket = connect({ port, host });
		const answer = (value) => {
			socket.destroy();
			resolve(value);
		};
		socket.setTimeout(500, () => answer(false));
		socket.on("connect", () => answer(true));
		socket.on("error", () => answer(false));
	});
}

function binds(port, host) {
	return new Promise((resolve) => {
		const server = createServer();
		// Where the machine has no IPv6, nobody else can have the port on it either.
		server.on("error", (error) => resolve(error.code !== "EADDRINUSE" && error.code !== "EACCES"));
		server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
	});
}

/** Whether nothing answers on this port of this machine and it can be had. */
async function isFree(port) {
	for (const host of loopback) if (await listens(port, host)) return false;
	for (const host of loopback) if (!(await binds(port, host))) return false;
	return true;
}

/** A port nobody uses. Another process may still take it before it is used; try again then. */
export async function freePort() {
	for (let attempt = 0; attempt < 50; attempt++) {
		const port = 20_000 + Math.floor(Math.random() * 12_000);
		if (await isFree(port)) return port;
	}
	throw new Refusal("No free port was found.", "Stop what is using the ports of this machine.");
}

/**
 * Reads a port from the command line.
 * @throws Refusal when it is not one.
 */
export function parsePort(text) {
	const port = Number(text);
	if (Number.isInteger(port) && port >= 1024 && port <= 65_000) return port;
	throw new Refusal(`${text} is not a port.`, "Give a number from 1024 to 65000.");
}

/**
 * @param {number} port
 * @param {string} remedy how to choose another one
 * @throws Refusal when the port is in use.
 */
export async function demandPort(port, remedy) {
	if (await isFree(port)) return;
	throw new Refusal(`Port ${port} is in use by another program.`, remedy);
}

/**
 * Waits until an address answers 200.
 * @throws Refusal when it has not within a minute.
 */
export async function answers(url) {
	const until = Date.now() + 60_000;
	while (Date.now() < until) {
		const ok = await fetch(url, { signal: AbortSignal.timeout(5000) }).then(
			(response) => response.ok,
			() => false,
		);
		if (ok) return;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	throw new Refusal(
		`${url} did not answer within a minute.`,
		"--verbose shows what the processes log.",
	);
}
