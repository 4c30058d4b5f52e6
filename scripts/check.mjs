/** `npm run check`: every check, in order, on what is installed. */
import "./lib/node-version.mjs";
import { checkAll } from "./lib/checks.mjs";
import { command } from "./lib/run.mjs";
import { complain } from "./lib/say.mjs";

command(checkAll, complain);
