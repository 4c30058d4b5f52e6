/**
 * The log of this process: JSON lines on standard output, for whoever operates it. Owns what may
 * stand in it: secrets are left out by the name of their field, at any depth, and by their shape
 * in texts. What a workspace admin should see is an activity, not a log line.
 */
import { stripVTControlCharacters } from "node:util";
import pino, { type Logger } from "pino";
import { env } from "./env";

const slot = Symbol.for("gatehouse.log");
const shared = globalThis as { [slot]?: Logger };

/** The log, shared by every bundle of the process. Errors go under `err`. */
export function log(): Logger {
	shared[slot] ??= makeLog(env().LOG_LEVEL);
	return shared[slot];
}

/** A log of its own, with the same rules. @param to where lines go; standard output if not given. */
export function makeLog(level: string, to?: pino.DestinationStream): Logger {
	const options: pino.LoggerOptions = {
		level,
		base: null,
		timestamp: pino.stdTimeFunctions.isoTime,
		formatters: {
			level: (label) => ({ level: label }),
			log: (fields) => redact(fields) as Record<string, unknown>,
		},
		// pino would take errors apart by itself before `log` above sees them, and where a line has
		// no text, take the error's message for one.
		serializers: { err: (value: unknown) => value },
		hooks: {
			logMethod([first, ...rest], method) {
				const fields = first instanceof Error ? { err: first } : first;
				const isText = typeof fields === "string" || rest.length > 0;
				method.call(this, fields, ...(isText ? rest : [""]));
			},
		},
	};
	return to ? pino(options, to) : pino(options);
}

/**
 * Sends what libraries print through the log and its rules. Next prints an error that nobody caught
 * with everything it holds, and a failed query holds its parameters.
 */
export function captureConsole(to: Logger = log()): void {
	for (const level of ["error", "warn"] as const)
		console[level] = (...said: unknown[]) => {
			const text = said.filter((part) => typeof part === "string").join(" ");
			const err = said.find((part) => typeof part === "object" && part !== null);
			to[level](err ? { err } : {}, redactText(stripVTControlCharacters(text)).trim());
		};
}

const hidden = "[hidden]";

/** Names of fields whose value is never shown, without case, dashes and underscores. */
const secretName =
	/password|secret|token|cookie|authorization|credential|assertion|samlresponse|samlrequest|relaystate|apikey|privatekey|passcode|totp|recoverycode|setupcode|ticket|nonce|^(code|otp|state|key|jwt|sid|browserid)$/;

/**
 * A copy of a value that may be written down: fields that hold secrets are hidden, errors are
 * reduced to what helps and texts lose query strings and bearer tokens.
 */
export function redact(value: unknown, depth = 0): unknown {
	if (typeof value === "string") return redactText(value);
	if (value === null || typeof value !== "object") return value;
	if (value instanceof Date) return value;
	if (isError(value)) return describeError(value, depth);
	if (depth > 8) return "[deeper]";
	if (Array.isArray(value)) return value.map((entry) => redact(entry, depth + 1));
	return Object.fromEntries(
		Object.entries(value).map(([name, entry]) => [
			name,
			secretName.test(name.toLowerCase().replace(/[-_]/g, "")) && typeof entry !== "boolean"
				? hidden
				: redact(entry, depth + 1),
		]),
	);
}

function redactText(text: string): string {
	return text
		.replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, `$1${hidden}@`)
		.replace(/([\w)/])\?[\w.~%+-]+=[^\s"'<>)]*/g, `$1?${hidden}`)
		.replace(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${hidden}`)
		.replace(/\bFailed query:.*/gs, "Failed query")
		.replace(/\beyJ[\w-]+\.[\w-]+\.?[\w-]*/g, hidden);
}

/** By shape, not by class: errors come from other bundles and other realms too. */
function isError(value: object): value is Error {
	return value instanceof Error || ("stack" in value && "message" in value);
}

/**
 * What an error tells. A failed query's message holds the statement with all its parameters, and
 * so does the stack's head, so of a database error there remain its code and its constraint.
 */
function describeError(error: Error, depth: number): Record<string, unknown> {
	const { name, message, cause } = error;
	const isQuery = "query" in error || name === "DrizzleQueryError" || "severity" in error;
	const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
	const { code, constraint } = error as { code?: unknown; constraint?: unknown };
	return {
		type: name === "Error" ? error.constructor.name : name,
		...(isQuery ? {} : { message: redactText(message) }),
		...(code === undefined ? {} : { code }),
		...(constraint === undefined ? {} : { constraint }),
		...(cause && depth < 4 ? { cause: redact(cause, depth + 1) } : {}),
		stack: frames.join("\n"),
	};
}
