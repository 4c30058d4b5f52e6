import { getTranslations } from "next-intl/server";
import { reasonText } from "@/app/login/reason-text";
import type { Session } from "@/app/require";
import type { ProofAsked } from "@/components/account/proof-dialog";
import { PasskeysSection } from "@/components/account/security/passkeys-section";
import { PasswordSection } from "@/components/account/security/password-section";
import { RecoveryCodesSection } from "@/components/account/security/recovery-codes-section";
import { TwoFactorSection } from "@/components/account/security/two-factor-section";
import { Messages } from "@/components/messages";
import { database, transact } from "@/db/client";
import { allowedFactors, heldFactors, kindsOf } from "@/lib/accounts/factors/held";
import { listPasskeys } from "@/lib/accounts/factors/passkeys";
import { passwordClosed, passwordRules } from "@/lib/accounts/password-change";
import { minimumLength, passwordSetAt } from "@/lib/accounts/passwords";
import { currentPolicy } from "@/lib/workspaces/policy";
import {
	addMailAction,
	addPasskeyAction,
	changePasswordAction,
	confirmAppAction,
	newCodesAction,
	removeFactorAction,
	removePasskeyAction,
	startAppAction,
	startPasskeyAction,
} from "./security-actions";

/** What `SecuritySections` shows, for the page's own navigation. */
export async function securityItems(): Promise<{ id: string; label: string }[]> {
	const t = await getTranslations("security");
	return [
		{ id: "password", label: t("password.title") },
		{ id: "two-factor", label: t("twoFactor.title") },
		{ id: "passkeys", label: t("passkeys.title") },
		{ id: "recovery-codes", label: t("codes.title") },
	];
}

/** Password, second factors and recovery codes of the member. */
export async function SecuritySections({ session, asks }: { session: Session; asks: ProofAsked }) {
	const { workspace, member } = session;
	const { slug, name } = workspace;
	const db = await database();
	const { document: policy } = await currentPolicy(db, workspace.id);
	const held = await heldFactors(db, member);
	const setAt = await passwordSetAt(db, workspace.id, member.id);
	const rules = await passwordRules(db, workspace, member);
	const closed = await transact(db, (tx) => passwordClosed(tx, workspace, member, new Date()));
	const allowed = allowedFactors(policy);
	const off = await reasonText("factor_off", name);
	const unproved =
		member.email && member.emailProof ? "" : await reasonText("email_not_proved", name);
	const app = allowed.includes("app") ? "" : off;
	const mail = allowed.includes("mail") ? unproved : off;
	return (
		<Messages of={["account", "security", "login"]}>
			<PasswordSection
				setAt={setAt}
				closed={(setAt && (await reasonText(closed, name))) || undefined}
				minimum={rules.secondFactor ? minimumLength.withFactor : minimumLength.alone}
				about={rules.about}
				asks={asks}
				change={changePasswordAction.bind(null, slug)}
			/>
			<TwoFactorSection
				workspace={name}
				held={held}
				unavailable={{ ...(app ? { app } : {}), ...(mail ? { mail } : {}) }}
				required={policy.twoFactor.required}
				asks={asks}
				actions={{
					startApp: startAppAction.bind(null, slug),
					confirmApp: confirmAppAction.bind(null, slug),
					addMail: addMailAction.bind(null, slug),
					remove: removeFactorAction.bind(null, slug),
				}}
			/>
			<PasskeysSection
				workspace={name}
				passkeys={await listPasskeys(db, member)}
				unavailable={allowed.includes("passkey") ? undefined : off}
				asks={asks}
				actions={{
					start: startPasskeyAction.bind(null, slug),
					add: addPasskeyAction.bind(null, slug),
					remove: removePasskeyAction.bind(null, slug),
				}}
			/>
			<RecoveryCodesSection
				workspace={name}
				left={held.recoveryCodes}
				needed={kindsOf(held).length > 0}
				asks={asks}
				make={newCodesAction.bind(null, slug)}
			/>
		</Messages>
	);
}
