import { useTranslations } from "next-intl";
import { ButtonLink } from "@/components/ui/button";
import { Notice } from "./notice";

/** Shown instead of a page this member may not open: what it is, which role opens it, whom to ask. */
export function NoAccess({
	page,
	what,
	role,
	admins,
	backHref,
}: {
	/** "Single sign-on" */
	page: string;
	/** One sentence of what is done there. */
	what?: string;
	/** The role that opens it: "Admin". */
	role: string;
	admins: readonly { name: string; email: string | null }[];
	backHref?: string;
}) {
	const t = useTranslations("errors.noAccess");
	return (
		<Notice
			title={t("title", { page })}
			actions={backHref ? <ButtonLink href={backHref}>{t("back")}</ButtonLink> : null}
		>
			<p>
				{what} {t("role", { role })}
			</p>
			{admins.length > 0 ? (
				<>
					<p>{t("ask")}</p>
					<ul className="space-y-1">
						{admins.map((admin) => (
							<li key={`${admin.name} ${admin.email}`}>
								<span className="font-medium text-ink">{admin.name}</span>
								{admin.email ? (
									<>
										{" "}
										<a className="link" href={`mailto:${admin.email}`}>
											{admin.email}
										</a>
									</>
								) : null}
							</li>
						))}
					</ul>
				</>
			) : null}
		</Notice>
	);
}
