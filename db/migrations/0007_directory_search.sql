ALTER TABLE "directory_users" ADD COLUMN "search" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "directory_users_search" ON "directory_users" USING gin ("search" jsonb_path_ops);--> statement-breakpoint
CREATE INDEX "directory_users_modified" ON "directory_users" USING btree ("workspace_id","directory_id","last_modified_at");--> statement-breakpoint
UPDATE "directory_users" SET "search" = lower("resource"::text)::jsonb;
