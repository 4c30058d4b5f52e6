/**
 * Shows that every rule of the SAML gate is needed: each is left out in turn, and some attack must
 * then be judged otherwise than its test expects. Where another rule still holds it, that is said.
 */
import { type Attack, samlAttacks, type Target } from "@/e2e/idp/hostile-saml";
import { samlKeys } from "@/e2e/idp/saml-response";
import { judge } from "@/lib/sso/saml/gate";
import { type Rules, rules } from "@/lib/sso/saml/rules";

const now = new Date();
const ours = samlKeys("Gatehouse");
const target: Target = {
	keys: samlKeys(),
	entityId: "https://idp.acme.test/saml",
	acsUrl: "https://sso.test/acs",
	audience: "https://sso.test/metadata",
	requestId: "_request",
	nameId: "maya@acme.test",
	victim: "admin@acme.test",
	now,
	ours: ours.certificate,
};
const attacks = samlAttacks(target);

function verdictOn(by: Rules, { xml, unasked, wantEncrypted }: Attack): string | null {
	const verdict = judge(by, xml, {
		...target,
		certificates: [target.keys.certificate],
		requestId: unasked ? null : target.requestId,
		wantEncrypted: wantEncrypted ?? false,
		decryptionKeys: [ours.privateKey],
	});
	return verdict.ok ? null : verdict.rule;
}

const without = (name: string): Rules => ({
	text: rules.text.filter((rule) => rule.name !== name),
	response: rules.response.filter((rule) => rule.name !== name),
	signature: rules.signature.filter((rule) => rule.name !== name),
	assertion: rules.assertion.filter((rule) => rule.name !== name),
});

const names = Object.values(rules).flatMap((group) => group.map(({ name }) => name));
const unneeded: string[] = [];
for (const name of names) {
	const after = attacks
		.filter(({ rule }) => rule === name)
		.map((attack) => ({ attack, by: verdictOn(without(name), attack) }));
	const letIn = after.filter(({ by }) => by === null);
	const [first] = letIn.length > 0 ? letIn : after;
	if (!first || first.by === name) unneeded.push(name);
	const what = first ? `${first.attack.id} (${first.attack.name})` : "no attack";
	const then = first?.by ? `would be left to ${first.by}` : "would pass";
	console.log(`${name.padEnd(20)} ${first ? `${what} ${then}` : "is shown by no attack"}`);
}
if (unneeded.length > 0) {
	console.error(`\nNo test needs: ${unneeded.join(", ")}`);
	process.exit(1);
}
console.log(`\n${names.length} rules, each needed by a test.`);
