import type { State } from "@/components/ui/state";

/** The pages of a workspace, in the order and groups of the sidebar. */
export const navGroups = {
	people: ["members", "groups", "roles"],
	access: ["sso", "simulator", "activity"],
	workspace: ["api_keys", "settings"],
} as const;

export type NavPage = (typeof navGroups)[keyof typeof navGroups][number];

/** A page that this member may open. Leave out what does not exist for them. */
export type NavItem = { page: NavPage; href: string; count?: number; state?: State };

export type ShellWorkspace = { slug: string; name: string; role: string; state?: State };

export type ShellAccount = { name: string; email: string; role: string };
