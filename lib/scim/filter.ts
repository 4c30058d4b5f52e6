/**
 * The filter language of RFC 7644 §3.4.2.2: text in, tree out, and back. Knows the grammar alone;
 * which attributes exist is ./schema, PATCH paths (the same grammar) are ./path, and what a tree
 * means is ./match for values in memory and ./query for SQL.
 *
 * Hostile input is expected. Length, terms and depth are limited before they cost anything, so the
 * recursion is never deeper than `limits.depth`, and the work is linear in the length.
 */
import { badRequest, type ScimError } from "./errors";

export const limits = { length: 8192, terms: 200, depth: 32 };

export const comparisons = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"] as const;
export type Comparison = (typeof comparisons)[number];

/** An attribute as written. `schema` is the URN in front of it, if there was one. */
export type AttributePath = { schema?: string; name: string; sub?: string };

export type FilterValue = string | number | boolean | null;

export type Filter =
	| { kind: "compare"; path: AttributePath; op: Comparison; value: FilterValue }
	| { kind: "present"; path: AttributePath }
	/** `emails[...]`: one element satisfies all of `where`, whose paths are sub-attributes. */
	| { kind: "element"; path: AttributePath; where: Filter }
	| { kind: "and" | "or"; terms: Filter[] }
	| { kind: "not"; term: Filter };

/**
 * Parses a filter.
 * @throws ScimError 400 invalidFilter that names the place and what was expected there.
 */
export function parseFilter(text: string): Filter {
	if (text.length > limits.length)
		throw badRequest("invalidFilter", `The filter is longer than ${limits.length} characters.`);
	const scanner = new Scanner(text, (detail) => badRequest("invalidFilter", detail));
	const filter = parseOr(scanner, { nested: false });
	scanner.end();
	return filter;
}

/** Writes a filter in the form that parses to the same tree. */
export function formatFilter(filter: Filter): string {
	switch (filter.kind) {
		case "compare":
			return `${formatPath(filter.path)} ${filter.op} ${JSON.stringify(filter.value)}`;
		case "present":
			return `${formatPath(filter.path)} pr`;
		case "element":
			return `${formatPath(filter.path)}[${formatFilter(filter.where)}]`;
		case "not":
			return `not (${formatFilter(filter.term)})`;
		default:
			return filter.terms
				.map((term) => {
					const text = formatFilter(term);
					return term.kind === "and" || term.kind === "or" ? `(${text})` : text;
				})
				.join(` ${filter.kind} `);
	}
}

/** Writes an attribute path, with its URN where it has one. */
export function formatPath(path: AttributePath): string {
	const name = path.sub === undefined ? path.name : `${path.name}.${path.sub}`;
	return path.schema === undefined ? name : `${path.schema}:${name}`;
}

/** Inside brackets, paths are sub-attributes and brackets may not nest (RFC 7644, figure 1). */
type Place = { nested: boolean };

function parseOr(scanner: Scanner, place: Place): Filter {
	return parseTerms(scanner, "or", () =>
		parseTerms(scanner, "and", () => parseFactor(scanner, place)),
	);
}

/** One level of the grammar: terms joined by one keyword; `and` binds tighter than `or`. */
function parseTerms(scanner: Scanner, keyword: "and" | "or", parse: () => Filter): Filter {
	const first = parse();
	if (!scanner.keyword(keyword)) return first;
	const terms = [first];
	do terms.push(parse());
	while (scanner.keyword(keyword));
	return { kind: keyword, terms };
}

function parseFactor(scanner: Scanner, place: Place): Filter {
	if (scanner.keyword("not")) {
		scanner.expect("(", "( after not");
		return { kind: "not", term: parseGroup(scanner, place) };
	}
	if (scanner.take("(")) return parseGroup(scanner, place);
	scanner.countTerm();
	const path = scanner.attributePath();
	if (scanner.take("[")) {
		if (place.nested) throw scanner.error("a value filter cannot hold another one");
		return parseElement(scanner, path);
	}
	return parseComparison(scanner, path);
}

function parseGroup(scanner: Scanner, place: Place): Filter {
	scanner.enter();
	const filter = parseOr(scanner, place);
	scanner.expect(")", "a closing )");
	scanner.leave();
	return filter;
}

/** `emails[type eq "work"]`, and `emails[type eq "work"].value eq "a"`, which asks both of one. */
function parseElement(scanner: Scanner, path: AttributePath): Filter {
	const where = parseBracket(scanner, path);
	if (!scanner.take(".")) return { kind: "element", path, where };
	const comparison = parseComparison(scanner, { name: scanner.name() });
	const terms = where.kind === "and" ? [...where.terms, comparison] : [where, comparison];
	return { kind: "element", path, where: { kind: "and", terms } };
}

/** What stands in brackets, up to and including the closing one. Shared with ./path. */
export function parseBracket(scanner: Scanner, path: AttributePath): Filter {
	if (path.sub !== undefined) throw scanner.error("a value filter must follow an attribute");
	scanner.enter();
	const where = parseOr(scanner, { nested: true });
	scanner.expect("]", "a closing ]");
	scanner.leave();
	return where;
}

function parseComparison(scanner: Scanner, path: AttributePath): Filter {
	if (scanner.keyword("pr")) return { kind: "present", path };
	for (const op of comparisons)
		if (scanner.keyword(op)) return { kind: "compare", path, op, value: scanner.value() };
	throw scanner.error(`an operator (${comparisons.join(", ")} or pr)`);
}

/** ATTRNAME of RFC 7644 figure 1; `$ref` is the one name with a dollar sign. */
const attributeName = /^(?:\$ref|[A-Za-z][A-Za-z0-9_-]*)$/;
const pathCharacters = /[A-Za-z0-9_$:.-]*/y;
const blanks = /[ \t]*/y;
const word = /[A-Za-z]+/y;
const nameCharacters = /[A-Za-z0-9_$-]*/y;
const stringLiteral = /"(?:[^"\\]|\\.)*"/sy;
const bareLiteral = /[A-Za-z0-9+.-]+/y;

/** Reads the tokens of filters and paths from left to right, never going back. */
export class Scanner {
	private at = 0;
	private depth = 0;
	private terms = 0;
	private readonly text: string;
	private readonly refuse: (detail: string) => ScimError;

	constructor(text: string, refuse: (detail: string) => ScimError) {
		this.text = text;
		this.refuse = refuse;
		this.skipBlanks();
	}

	/** A refusal that names the place, for the caller to throw. */
	error(expected: string): ScimError {
		return this.refuse(`Expected ${expected} at character ${this.at + 1} of "${this.excerpt()}".`);
	}

	enter(): void {
		this.depth += 1;
		if (this.depth > limits.depth)
			throw this.refuse(`Parentheses are nested deeper than ${limits.depth}.`);
	}

	leave(): void {
		this.depth -= 1;
	}

	countTerm(): void {
		this.terms += 1;
		if (this.terms > limits.terms)
			throw this.refuse(`There are more than ${limits.terms} conditions.`);
	}

	/** Takes a punctuation mark if it is next. */
	take(mark: string): boolean {
		if (this.text[this.at] !== mark) return false;
		this.advance(mark);
		return true;
	}

	expect(mark: string, expected: string): void {
		if (!this.take(mark)) throw this.error(expected);
	}

	/** Takes a whole keyword, in any letter case, if it is next. */
	keyword(keyword: string): boolean {
		const found = this.match(word);
		if (found?.toLowerCase() !== keyword) return false;
		const next = this.text[this.at + found.length];
		if (next !== undefined && !/[ \t()\]]/.test(next)) return false;
		this.advance(found);
		return true;
	}

	/** `name`, `name.sub`, or either behind a URN, whose dots and colons belong to it. */
	attributePath(): AttributePath {
		const found = this.match(pathCharacters) ?? "";
		const colon = found.lastIndexOf(":");
		const [name = "", sub, ...rest] = found.slice(colon + 1).split(".");
		const parts = sub === undefined ? [name] : [name, sub];
		if (rest.length > 0 || !parts.every((part) => attributeName.test(part)))
			throw this.error("an attribute name");
		this.advance(found);
		return {
			...(colon === -1 ? {} : { schema: found.slice(0, colon) }),
			name,
			...(sub === undefined ? {} : { sub }),
		};
	}

	/** A single sub-attribute name, behind a bracket and a dot. */
	name(): string {
		const found = this.match(nameCharacters) ?? "";
		if (!attributeName.test(found)) throw this.error("a sub-attribute name");
		this.advance(found);
		return found;
	}

	/** A JSON string, number, true, false or null. */
	value(): FilterValue {
		const literal = this.match(stringLiteral) ?? this.match(bareLiteral);
		if (literal === undefined) throw this.error("a value (texts stand in double quotes)");
		const value = parseLiteral(literal);
		if (value === undefined) throw this.error("a value (texts stand in double quotes)");
		this.advance(literal);
		return value;
	}

	end(): void {
		if (this.at < this.text.length) throw this.error("the end");
	}

	/** Blanks between tokens never matter. */
	private advance(found: string): void {
		this.at += found.length;
		this.skipBlanks();
	}

	private match(pattern: RegExp): string | undefined {
		pattern.lastIndex = this.at;
		return pattern.exec(this.text)?.[0] || undefined;
	}

	private skipBlanks(): void {
		this.at += this.match(blanks)?.length ?? 0;
	}

	private excerpt(): string {
		return this.text.length > 80 ? `${this.text.slice(0, 80)}...` : this.text;
	}
}

function parseLiteral(literal: string): FilterValue | undefined {
	const lower = literal.toLowerCase();
	if (lower === "true") return true;
	if (lower === "false") return false;
	if (lower === "null") return null;
	try {
		const value: unknown = JSON.parse(literal);
		if (typeof value === "number") return value;
		// Postgres holds neither a NUL nor half a surrogate pair, so no stored value can match one.
		if (typeof value === "string" && !/\0|\p{Surrogate}/u.test(value)) return value;
	} catch {
		// Not JSON: refused by the caller with the place.
	}
	return undefined;
}
