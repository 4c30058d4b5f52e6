/** Who makes a change. Always passed, never ambient. */
export type Actor =
	| { kind: "member"; id: string; label: string; address?: string }
	| { kind: "directory"; id: string; label: string; address?: string }
	| { kind: "setup"; label: string; address?: string }
	| { kind: "operator"; label: string }
	| { kind: "system"; label: string };
