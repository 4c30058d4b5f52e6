ALTER TABLE "members" ADD COLUMN "told_at" timestamp with time zone;--> statement-breakpoint
-- Whom a directory brought before counts as told: nobody is mailed of it long afterwards.
UPDATE "members" SET "told_at" = "created_at" WHERE "created_by" = 'directory';
