ALTER TABLE "directory_group_members" DROP CONSTRAINT "directory_group_members_pk";
--> statement-breakpoint
ALTER TABLE "directory_group_members" ADD CONSTRAINT "directory_group_members_pk" PRIMARY KEY("group_id","user_id","workspace_id","directory_id");