/**
 * What `npm start` runs: one process with the database, the jobs and one http server. Brings the
 * parts up in order, says plainly why it cannot, and takes them down without cutting off anybody.
 * With --dev it is the development server, where SCIM goes through Next like everything else.
 */
import { createServer as createHttpServer, type Server } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { type Database, type Db, openDatabase } from "@/db/client";
import { resetJobs } from "@/lib/accounts/resets";
import { ensureSetupCode } from "@/lib/accounts/setup";
import { activityJobs } from "@/lib/activity/jobs";
import { directoryJobs } from "@/lib/directory/jobs";
import { policyJobs } from "@/lib/members/policy-change";
import { installEgressGuard } from "@/lib/platform/egress";
import { type Env, prepareEnv } from "@/lib/platform/env";
import { createServer } from "@/lib/platform/http";
import { enqueue, type Handlers, startJobs } from "@/lib/platform/jobs";
import { sweepLimits } from "@/lib/platform/limits";
import { captureConsole, log } from "@/lib/platform/log";
import { mailJobs } from "@/lib/platform/mail";
import { answerScim } from "@/lib/scim/door";
import { domainJobs } from "@/lib/sso/domain-checks";
import { enforcementJobs } from "@/lib/sso/enforcement";
import { expiryJobs } from "@/lib/sso/expiry-notices";
import { followDeploymentClient } from "@/lib/sso/follow-deployment-client";
import { metadataJobs } from "@/lib/sso/metadata-refresh";
import { expireTraces } from "@/lib/sso/retention";
import { expireSignIns } from "@/lib/sso/sign-in";
import { expireOffers } from "@/lib/sso/sign-out";
import { passwordOfferJobs } from "@/lib/sso/turned-off";

const JOBS_EVERY_MS = 1_000;
const SHUTDOWN_MS = 10_000;
const HOUR_MS = 3_600_000;

const dev = process.argv.includes("--dev");
await start().catch((error: unknown) => {
	process.stderr.write(`${reasonOf(error)}\n`);
	process.exit(1);
});

async function start(): Promise<void> {
	const env = prepareEnv(dev ? "development" : "production");
	if (!dev) captureConsole();
	installEgressGuard();
	const database = await openDatabase();
	const { db } = database;
	await followDeploymentClient(db);
	const handlers = jobHandlers(db);
	const { server, closeNext } = await listen(env);
	const jobs = startJobs(db, handlers, { intervalMs: JOBS_EVERY_MS });
	for (const kind of [
		"limits.sweep",
		"sign_ins.expire",
		"traces.expire",
		"accounts.expire",
		"activity.seal",
		"activity.expire",
		"scim_requests.expire",
		"departures.forget",
		"domains.check",
		"connections.expiry",
		"connections.metadata",
	])
		await enqueue(db, kind, {}, { uniqueKey: kind });
	stopOnSignal(async () => {
		await Promise.all([jobs.stop(), drain(server)]);
		await closeNext();
		await database.close();
	});
	await tell(env, database);
}

/** Everything this installation does outside of requests. */
function jobHandlers(db: Db): Handlers {
	return {
		...mailJobs(db),
		...resetJobs(db),
		...activityJobs(db),
		...directoryJobs(db),
		...domainJobs(db),
		...expiryJobs(db),
		...metadataJobs(db),
		...policyJobs(db),
		...passwordOfferJobs(db),
		...enforcementJobs(db),
		"limits.sweep": async (_, { now }) => {
			await sweepLimits(db, now);
			return new Date(now.getTime() + HOUR_MS);
		},
		"sign_ins.expire": async (_, { now }) => {
			await expireSignIns(db, now);
			await expireOffers(db, now);
			return new Date(now.getTime() + HOUR_MS / 4);
		},
		"traces.expire": async (_, { now }) => {
			await expireTraces(db, now);
			return new Date(now.getTime() + 24 * HOUR_MS);
		},
	};
}

async function listen(env: Env): Promise<{ server: Server; closeNext: () => Promise<void> }> {
	// Not before now: React chooses its build by NODE_ENV when it is loaded.
	const { default: next } = await import("next");
	const server = createServer({
		publicUrl: env.PUBLIC_URL,
		trustedProxies: env.TRUSTED_PROXIES,
		scim: dev || env.SCIM_DOOR === "next" ? null : answerScim,
		next: (request, response) => handle(request, response),
		onError: (error) => log().error({ err: error }, "A request failed"),
	});
	// Next listens for upgrades on the server it is given. Ours must reach it by the edge alone, and
	// speaks nothing else: without a listener an upgrade is answered like any other request.
	const httpServer = dev ? server : createHttpServer();
	const app = next({ dev, hostname: env.HOST, port: env.PORT, httpServer });
	await app.prepare();
	const handle = app.getRequestHandler();
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject).listen(env.PORT, env.HOST, resolve);
	});
	return { server, closeNext: () => app.close() };
}

async function tell(env: Env, { db, engine }: Database): Promise<void> {
	const say = (line: string) => process.stdout.write(`${line}\n`);
	if (engine === "pglite")
		say("The embedded database is for trials: a power cut can lose the last changes.");
	const code = await ensureSetupCode(db);
	if (code) say(`Set up the first workspace at ${env.PUBLIC_URL}/setup with the code ${code}`);
	say(`Gatehouse is ready at ${env.PUBLIC_URL}`);
}

/** On the first signal everything is taken down in order; on the second, or too late, at once. */
function stopOnSignal(stop: () => Promise<void>): void {
	let stopping = false;
	const onSignal = () => {
		if (stopping) process.exit(1);
		stopping = true;
		stop().then(
			() => process.exit(0),
			(error: unknown) => {
				log().error({ err: error }, "The shutdown failed");
				process.exit(1);
			},
		);
	};
	process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
}

/** Takes no new connections and waits for the requests under way, up to a deadline. */
async function drain(server: Server): Promise<void> {
	let closed = false;
	server.close(() => {
		closed = true;
	});
	const deadline = Date.now() + SHUTDOWN_MS;
	// A connection that is kept alive is only idle once its request is answered.
	while (!closed && Date.now() < deadline) {
		server.closeIdleConnections();
		await wait(50);
	}
	server.closeAllConnections();
}

/** Why the server did not start, for whoever started it. */
function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	if (error.name === "EnvError" || error.name === "FolderInUse") return error.message;
	const { code, port, syscall } = (error.cause ?? error) as NodeJS.ErrnoException & {
		port?: number;
	};
	if (code === "EADDRINUSE") return `Port ${port} is in use. Stop what uses it, or set PORT.`;
	// A connection that failed, or a refusal of Postgres: 28... is who, 3D... is which database.
	if (syscall === "connect" || /^(ENOTFOUND|28...|3D...)$/.test(code ?? ""))
		return `The database cannot be reached (${code}). Check DATABASE_URL.`;
	log().fatal({ err: error }, "Gatehouse could not start");
	return "Gatehouse could not start. The line above has the reason.";
}
