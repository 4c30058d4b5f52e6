/** The simulator's address: what is tried, and with which rules. */
import { type SimulatedWay, type Supposed, simulatedWays } from "@/lib/impact/simulate";
import { isId } from "@/lib/platform/ids";
import { storable } from "@/lib/platform/text";
import { type ProfileName, profiles } from "@/lib/policy/profiles";

export const profileNames = Object.keys(profiles) as ProfileName[];

export type SimulatorQuery = {
	/** An email, or the id of a member without one. Empty before anything is tried. */
	who: string;
	way: SimulatedWay;
	/** Null: today's. */
	rules: ProfileName | null;
	supposed: Supposed;
};

/** What each part may say; the first is what counts where it says nothing of the kind. */
export const supposable = {
	active: ["asIs", "yes", "no"],
	directory: ["asIs", "active", "inactive", "none"],
	verified: ["unsaid", "yes", "no"],
} as const;

type Params = Record<string, string | string[] | undefined>;

export function simulatorQuery(params: Params): SimulatorQuery {
	const one = (name: string) => {
		const value = params[name];
		return typeof value === "string" ? storable(value, 254).trim() : "";
	};
	const choice = <T extends string>(name: string, choices: readonly [T, ...T[]]): T =>
		choices.find((each) => each === one(name)) ?? choices[0];
	const group = one("group");
	return {
		who: one("who"),
		way: choice("way", simulatedWays),
		rules: profileNames.find((name) => name === one("rules")) ?? null,
		supposed: {
			active: choice("active", supposable.active),
			directory: choice("directory", supposable.directory),
			emailVerified: choice("verified", supposable.verified),
			group: isId(group) ? group : null,
		},
	};
}
