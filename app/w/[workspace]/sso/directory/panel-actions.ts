/** The acts of the panel about the directory, for the workspace of a slug. */
import type { DirectoryActions } from "@/components/directory/directory-panel";
import { createTokenAction, revokeTokenAction, setDirectoryAction } from "../actions";
import {
	renameTokenAction,
	rotateTokenAction,
	setGroupAnswerAction,
	setStrictAction,
} from "./actions";

export function directoryActions(slug: string): DirectoryActions {
	return {
		setEnabled: setDirectoryAction.bind(null, slug),
		setStrict: setStrictAction.bind(null, slug),
		setGroupAnswer: setGroupAnswerAction.bind(null, slug),
		tokens: {
			create: createTokenAction.bind(null, slug),
			rotate: rotateTokenAction.bind(null, slug),
			rename: renameTokenAction.bind(null, slug),
			revoke: revokeTokenAction.bind(null, slug),
		},
	};
}
