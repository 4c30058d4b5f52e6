import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Heading } from "./heading";
import { Standing, type StandingPart } from "./standing";

/** The head of a page: its one h1, actions at the right, and the standing below. */
export function PageHeader({
	title,
	back,
	tile,
	badge,
	actions,
	standing,
	children,
}: {
	title: ReactNode;
	back?: { href: string; label: string };
	/** An arch or an avatar before the title. */
	tile?: ReactNode;
	badge?: ReactNode;
	actions?: ReactNode;
	standing?: readonly StandingPart[];
	/** A line under the title: an email. */
	children?: ReactNode;
}) {
	return (
		<header className="mb-6">
			{back ? (
				<Link
					href={back.href}
					className="mb-2 inline-flex min-h-6 items-center gap-2 text-sm text-ink-2 no-underline hover:text-ink"
				>
					<ArrowLeft className="size-[15px] stroke-[1.6]" aria-hidden />
					{back.label}
				</Link>
			) : null}
			<div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
				<div className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-2">
					{tile}
					<div className="min-w-0">
						<Heading>{title}</Heading>
						{children ? <div className="text-sm text-ink-2">{children}</div> : null}
					</div>
					{badge}
				</div>
				{actions ? (
					<div className="flex flex-wrap gap-2 max-md:order-last max-md:w-full max-md:[&>*]:flex-1">
						{actions}
					</div>
				) : null}
				{standing ? (
					// A line of its own, also below a short title.
					<div className="w-full">
						<Standing parts={standing} />
					</div>
				) : null}
			</div>
		</header>
	);
}
