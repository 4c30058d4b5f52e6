DROP INDEX "directory_group_members_user";--> statement-breakpoint
CREATE INDEX "directory_group_members_user" ON "directory_group_members" USING btree ("user_id","workspace_id","directory_id");