/** The pages of the local providers: plain, without scripts, and clearly not Gatehouse. */

function escaped(text: string): string {
	return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The page as HTML. `wrong` says that the last attempt did not match. */
export function signInPage(input: { title: string; email: string; wrong: boolean }): string {
	const first = input.email ? "password" : "email";
	const focus = (field: string) => (field === first ? " autofocus" : "");
	return page(
		input.title,
		`<p>This is the local identity provider, in place of your company's.</p>
${input.wrong ? '<p class="wrong" role="alert">That email and password do not match.</p>' : ""}
<form method="post">
<label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="username" required value="${escaped(input.email)}"${focus("email")}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${focus("password")}>
<button>Sign in</button>
</form>`,
	);
}

/** The applications that a person may go to from here. */
export function appsPage(input: {
	title: string;
	person: string;
	tiles: readonly { name: string }[];
}): string {
	const tiles = input.tiles.map(
		({ name }, at) => `<li><a href="/open?tile=${at}">${escaped(name)}</a></li>`,
	);
	return page(
		input.title,
		`<p>You are signed in here as ${escaped(input.person)}.</p>
<h2>Your applications</h2>
<ul>${tiles.join("")}</ul>
<p><a href="/logout">Sign out everywhere</a></p>`,
	);
}

function page(title: string, content: string): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>
	:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
	body { margin: 0; min-height: 100vh; display: grid; place-items: center;
		background: light-dark(#eef1f4, #14181d); color: light-dark(#1a2129, #e6eaef); }
	main { box-sizing: border-box; width: min(24rem, 100% - 2rem); padding: 2rem; border-radius: 12px;
		background: light-dark(#fff, #1d232b); border: 1px solid light-dark(#d5dbe2, #323b46); }
	h1 { margin: 0; font-size: 1.25rem; }
	p { margin: .25rem 0 1.5rem; color: light-dark(#4c5966, #a4b1be); }
	.wrong { color: light-dark(#a4231c, #ff9d95); }
	label { display: block; margin-top: 1rem; font-weight: 600; }
	input { box-sizing: border-box; width: 100%; margin-top: .25rem; padding: .625rem; font: inherit;
		border-radius: 6px; border: 1px solid light-dark(#7b8794, #6c7986);
		background: transparent; color: inherit; }
	ul { list-style: none; margin: 1rem 0 1.5rem; padding: 0; }
	li a { display: block; padding: .75rem 1rem; border-radius: 6px; font-weight: 600;
		border: 1px solid light-dark(#d5dbe2, #323b46); }
	a { color: inherit; }
	h2 { margin: 0; font-size: 1rem; }
	button { width: 100%; margin-top: 1.5rem; padding: .625rem; font: inherit; font-weight: 600;
		border: 0; border-radius: 6px; background: #2b5f8f; color: #fff; cursor: pointer; }
	:focus-visible { outline: 3px solid #4a90d0; outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${content}
</main>
</body>
</html>
`;
}
