/**
 * Import this first: it ends the process with a clear message where Node is too old. The syntax is
 * old on purpose, so that old Node can read it.
 */
const least = [20, 19];
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < least[0] || (major === least[0] && minor < least[1])) {
	process.stderr.write(
		`Gatehouse needs Node ${least.join(".")} or newer; this is ${process.version} (${process.execPath}).\n` +
			"Install a current version from https://nodejs.org, or with nvm: nvm install 22\n",
	);
	process.exit(1);
}
