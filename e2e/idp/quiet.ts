// oidc-provider warns of what is meant here: memory alone, and Node 20. Import this before it.
const { warn } = console;
console.warn = (...words: unknown[]) => {
	if (!String(words[0]).startsWith("oidc-provider WARNING")) warn(...words);
};
