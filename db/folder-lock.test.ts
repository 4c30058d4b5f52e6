import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { FolderInUse, lockFolder } from "./folder-lock";

const made: string[] = [];
function aFolder(): string {
	const folder = join(mkdtempSync(join(realpathSync(tmpdir()), "gatehouse-lock-")), "db");
	mkdirSync(folder);
	made.push(join(folder, ".."));
	return folder;
}
afterEach(() => {
	for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

test("a second opener is refused, and told by whom", async () => {
	const folder = aFolder();
	const unlock = await lockFolder(folder);
	const second = lockFolder(folder);
	await expect(second).rejects.toThrow(FolderInUse);
	await expect(second).rejects.toThrow(`in use by process ${process.pid}`);
	await unlock();
	await (await lockFolder(folder))();
});

test("a process that was killed leaves nothing behind that keeps others out", async () => {
	const folder = aFolder();
	const script = `import { lockFolder } from "./db/folder-lock.ts";
		await lockFolder(${JSON.stringify(folder)});
		process.kill(process.pid, "SIGKILL");`;
	const killed = spawnSync(process.execPath, [
		"--import",
		"tsx",
		"--input-type=module",
		"-e",
		script,
	]);
	expect(killed.signal).toBe("SIGKILL");
	const unlock = await lockFolder(folder);
	await unlock();
});
