import type { ReactNode } from "react";
import { ArchTile } from "@/components/ui/arch-tile";
import { cx } from "@/components/ui/cx";
import { Mark } from "@/components/ui/mark";

const rings = {
	plain: "[--ring:var(--line)]",
	pass: "[--ring:var(--pass-fill)]",
	stop: "[--ring:var(--stop-fill)]",
};

/**
 * The way in: a form in an arch that stands on a threshold. Its inner ring turns pass when the way is
 * known and stop when refused. Every step of signing in, an invitation and the first set-up use it.
 */
export function LoginArch({
	tone = "plain",
	workspace,
	title,
	lead,
	links = [],
	children,
}: {
	tone?: keyof typeof rings;
	/** The workspace's name, once it is known; before that the mark stands there. */
	workspace?: string | undefined;
	title: ReactNode;
	lead?: ReactNode;
	/** What stands under the threshold: "Use a recovery code". */
	links?: readonly { href: string; label: string }[];
	children?: ReactNode;
}) {
	return (
		<div className="grid min-h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[1fr_auto]">
			<main className="flex flex-col items-center justify-end overflow-clip px-5 pt-6">
				<div
					className={cx(
						"flex min-h-[524px] w-full max-w-[408px] flex-col rounded-t-full border border-b-0 border-line-2 bg-paper px-6 pt-18 pb-12 [--mark-ground:var(--paper)] sm:px-12",
						// The mouldings: each ring is a line, and ground up to the next one.
						"shadow-[0_0_0_15px_var(--ground),0_0_0_16px_var(--ring),0_0_0_34px_var(--ground),0_0_0_35px_var(--line),0_0_0_62px_var(--ground),0_0_0_63px_var(--line),0_0_0_102px_var(--ground),0_0_0_103px_var(--line),0_0_0_158px_var(--ground),0_0_0_159px_var(--line)]",
						"transition-shadow duration-[240ms] [border-radius:999px_999px_0_0]",
						rings[tone],
					)}
				>
					<div className="flex h-13 items-center justify-center">
						{workspace ? (
							<ArchTile tone="ink" size="xl">
								{workspace}
							</ArchTile>
						) : (
							<Mark size={48} />
						)}
					</div>
					<h1 className="mt-6 text-center font-serif text-title font-medium">{title}</h1>
					{lead ? <p className="mt-1.5 text-center text-ink-2">{lead}</p> : null}
					<div className="mt-9">{children}</div>
				</div>
			</main>
			<footer className="relative min-h-23 border-t border-line-2 bg-ground px-5 py-5">
				<ul className="flex flex-wrap justify-center gap-x-6">
					{links.map((link) => (
						<li key={link.href}>
							<a
								href={link.href}
								className="inline-flex min-h-11 items-center text-sm text-ink-2 underline decoration-edge underline-offset-4 hover:text-ink sm:min-h-6"
							>
								{link.label}
							</a>
						</li>
					))}
				</ul>
			</footer>
		</div>
	);
}
