"use client";
import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useState, useTransition } from "react";
import { ImpactDialog, type ImpactView } from "@/components/impact/impact-dialog";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Avatar } from "@/components/ui/avatar";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel, PanelBody, PanelFoot, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { TextField } from "@/components/ui/text-field";
import { useToast } from "@/components/ui/toast";

export type GroupPerson = {
	id: string;
	name: string;
	email: string | null;
	/** The role's name; null for no access. */
	role: string | null;
};

export type MembershipActions = {
	find: (search: string) => Promise<{ ok: true; people: GroupPerson[] } | RefusalView>;
	preview: (memberId: string, inGroup: boolean) => Promise<ImpactView | RefusalView>;
	set: (memberId: string, inGroup: boolean) => Promise<{ ok: true } | RefusalView>;
};

type Asked = { person: GroupPerson; inGroup: boolean; impact: ImpactView };

/**
 * Who is in a group by hand: found and added, or taken out. Where that changes the person's role
 * it asks first.
 */
export function GroupMembers({
	group,
	people,
	total,
	pages,
	closed,
	word,
	actions,
}: {
	group: string;
	people: readonly GroupPerson[];
	total: number;
	/** Links to other pages of a large group. */
	pages: ReactNode;
	/** Whether this member may not change it; the settings say why. */
	closed: boolean;
	word: string;
	actions: MembershipActions;
}) {
	const t = useTranslations("groups.members");
	const toast = useToast();
	const [search, setSearch] = useState("");
	const [found, setFound] = useState<{ search: string; people: GroupPerson[] } | null>(null);
	const [asked, setAsked] = useState<Asked | null>(null);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [busy, start] = useTransition();
	const [finding, startFinding] = useTransition();

	const find = () =>
		startFinding(async () => {
			const answer = await actions.find(search);
			setRefusal(answer.ok ? null : answer);
			if (answer.ok) setFound({ search: search.trim(), people: answer.people });
		});
	const set = async (person: GroupPerson, inGroup: boolean) => {
		const done = await actions.set(person.id, inGroup);
		setRefusal(done.ok ? null : done);
		if (!done.ok) return;
		toast(t(inGroup ? "added" : "removed", { name: person.name, group }));
		setAsked(null);
		setFound((now) => now && { ...now, people: now.people.filter(({ id }) => id !== person.id) });
	};
	const ask = (person: GroupPerson, inGroup: boolean) =>
		start(async () => {
			const impact = await actions.preview(person.id, inGroup);
			if (!impact.ok) return setRefusal(impact);
			const moves = impact.changes.some(({ before, after }) => before !== after);
			if (moves) setAsked({ person, inGroup, impact });
			else await set(person, inGroup);
		});
	const rows = (list: readonly GroupPerson[], inGroup: boolean) =>
		list.map((person) => (
			<PanelRow key={person.id} className="flex items-center justify-between gap-4">
				<Person person={person} />
				{closed ? null : (
					<Button
						size="sm"
						variant={inGroup ? "line" : "quiet"}
						aria-label={t(inGroup ? "addOne" : "removeOne", { name: person.name })}
						unavailable={busy ? "group-members" : false}
						onClick={() => ask(person, inGroup)}
					>
						{t(inGroup ? "add" : "remove")}
					</Button>
				)}
			</PanelRow>
		));
	return (
		<Section id="group-members" title={t("title")} description={t("description", { count: total })}>
			<Panel>
				{refusal && !asked ? (
					<PanelRow>
						<RefusalBand refusal={refusal} />
					</PanelRow>
				) : null}
				{closed ? null : (
					<PanelBody>
						<form
							noValidate
							className="flex items-end gap-3"
							onSubmit={(event) => {
								event.preventDefault();
								find();
							}}
						>
							<TextField
								className="max-w-sm flex-1 [&_input]:h-8 max-md:[&_input]:h-11"
								label={t("find")}
								type="search"
								maxLength={100}
								autoComplete="off"
								value={search}
								onChange={(event) => setSearch(event.target.value)}
							/>
							<Button
								type="submit"
								busy={finding}
								busyLabel={t("searching")}
								icon={<Search aria-hidden />}
							>
								{t("search")}
							</Button>
						</form>
						<p role="status" className="mt-2 text-sm text-ink-2 empty:hidden">
							{found ? t("found", { count: found.people.length, search: found.search }) : ""}
						</p>
					</PanelBody>
				)}
				{found && found.people.length > 0 ? (
					<div className="bg-note-tint [&>*+*]:border-t [&>*+*]:border-line">
						{rows(found.people, true)}
					</div>
				) : null}
				{people.length === 0 ? (
					<EmptyState title={t("empty")}>{closed ? null : t("emptyBody")}</EmptyState>
				) : (
					rows(people, false)
				)}
				{pages ? <PanelFoot>{pages}</PanelFoot> : null}
			</Panel>
			<ImpactDialog
				shown={asked?.impact ?? null}
				title={
					asked
						? t(asked.inGroup ? "addQuestion" : "removeQuestion", {
								name: asked.person.name,
								group,
							})
						: ""
				}
				word={word}
				apply={asked ? t(asked.inGroup ? "addOne" : "removeOne", { name: asked.person.name }) : ""}
				busy={busy}
				refusal={refusal}
				onApply={() =>
					start(async () => {
						if (asked) await set(asked.person, asked.inGroup);
					})
				}
				onClose={() => {
					setAsked(null);
					setRefusal(null);
				}}
			/>
		</Section>
	);
}

function Person({ person }: { person: GroupPerson }) {
	const t = useTranslations("groups.members");
	return (
		<span className="flex min-w-0 items-center gap-3">
			<Avatar name={person.name} />
			<span className="min-w-0 [overflow-wrap:anywhere]">
				<span className="block">{person.name}</span>
				<span className="block text-sm text-ink-2">
					{[person.email, person.role ?? t("noAccess")].filter(Boolean).join(" · ")}
				</span>
			</span>
		</span>
	);
}
