ALTER TABLE "removals" ADD COLUMN "member_id" uuid;--> statement-breakpoint
CREATE INDEX "removals_member" ON "removals" USING btree ("workspace_id","member_id");--> statement-breakpoint
-- Deletions of before: of who was only linked, and has the address still.
UPDATE "removals" SET "member_id" = "members"."id" FROM "members"
	WHERE "members"."workspace_id" = "removals"."workspace_id"
		AND "members"."email_key" = "removals"."email_key"
		AND "members"."status" = 'suspended'
		AND "members"."created_at" <= "removals"."removed_at"
		AND NOT EXISTS (SELECT 1 FROM "directory_users"
			WHERE "directory_users"."workspace_id" = "members"."workspace_id"
				AND "directory_users"."member_id" = "members"."id");
