"use client";
import { Menu as Base } from "@base-ui/react/menu";
import { Ellipsis } from "lucide-react";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { buttonClass } from "./button";
import { cx } from "./cx";

const item =
	"flex min-h-8 w-full cursor-pointer items-center gap-2.5 rounded-sm px-2.5 py-1 text-left text-sm text-ink no-underline outline-none select-none max-md:min-h-11 data-highlighted:bg-sunk [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:stroke-[1.6] [&_svg]:text-ink-3";

/** A button that opens a list of actions. Without `trigger` it is three dots, named by `label`. */
export function Menu({
	label,
	trigger,
	triggerClassName,
	quiet,
	side = "bottom",
	align = "end",
	children,
}: {
	/** The name of the button, for those who hear it: "More for acme.test". */
	label?: string;
	trigger?: ReactNode;
	triggerClassName?: string;
	/** The three dots without an outline, in table rows. */
	quiet?: boolean;
	side?: "top" | "bottom" | "right";
	align?: "start" | "end";
	children: ReactNode;
}) {
	return (
		<Base.Root>
			<Base.Trigger
				aria-label={label}
				className={
					triggerClassName ??
					cx(buttonClass(quiet ? "quiet" : "line", quiet ? "sm" : "md"), "!px-2 max-md:w-11")
				}
			>
				{trigger ?? <Ellipsis aria-hidden />}
			</Base.Trigger>
			<Base.Portal>
				<Base.Positioner side={side} align={align} sideOffset={4} className="z-50 outline-none">
					<Base.Popup className="pop max-h-(--available-height) min-w-48 max-w-[calc(100vw-2rem)] overflow-y-auto rounded-lg border border-line-2 bg-raised p-1 text-ink shadow-pop outline-none">
						{children}
					</Base.Popup>
				</Base.Positioner>
			</Base.Portal>
		</Base.Root>
	);
}

/** A link. */
export function MenuLink({
	icon,
	children,
	...link
}: ComponentProps<typeof Link> & { icon?: ReactNode }) {
	return (
		<Base.LinkItem closeOnClick className={item} render={<Link {...link} />}>
			{icon}
			{children}
		</Base.LinkItem>
	);
}

/** Does something on this page. */
export function MenuItem({ onClick, children }: { onClick: () => void; children: ReactNode }) {
	return (
		<Base.Item className={item} onClick={onClick}>
			{children}
		</Base.Item>
	);
}

/** Submits the form with the id `form`, which stands outside the menu. */
export function MenuSubmit({
	form,
	icon,
	children,
}: {
	form: string;
	icon?: ReactNode;
	children: ReactNode;
}) {
	return (
		<Base.Item
			nativeButton
			closeOnClick={false}
			className={item}
			render={<button type="submit" form={form} />}
		>
			{icon}
			{children}
		</Base.Item>
	);
}

/** One choice of several; choosing submits `name=value` of the form with the id `form`. */
export function MenuChoice({
	form,
	name,
	value,
	options,
	label,
}: {
	form: string;
	name: string;
	value: string;
	options: readonly { value: string; label: string; icon?: ReactNode }[];
	label: string;
}) {
	return (
		<Base.RadioGroup value={value}>
			<MenuLabel>{label}</MenuLabel>
			{options.map((option) => (
				<Base.RadioItem
					key={option.value}
					value={option.value}
					nativeButton
					className={item}
					render={<button type="submit" form={form} name={name} value={option.value} />}
				>
					{option.icon}
					<span className="flex-1">{option.label}</span>
					<Base.RadioItemIndicator className="size-1.5 rounded-full bg-ink" />
				</Base.RadioItem>
			))}
		</Base.RadioGroup>
	);
}

/** A quiet heading inside a menu. */
export function MenuLabel({ children }: { children: ReactNode }) {
	return <div className="px-2.5 pt-1.5 pb-1 text-xs text-ink-3">{children}</div>;
}

/** A hairline between groups of a menu. */
export function MenuSeparator() {
	return <Base.Separator className="-mx-1 my-1 h-px bg-line" />;
}
