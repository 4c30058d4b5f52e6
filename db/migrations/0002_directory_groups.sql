CREATE TABLE "directory_group_members" (
	"workspace_id" uuid NOT NULL,
	"directory_id" uuid NOT NULL,
	"group_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	CONSTRAINT "directory_group_members_pk" PRIMARY KEY("workspace_id","directory_id","group_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "directory_groups" (
	"workspace_id" uuid NOT NULL,
	"directory_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"display_name" text NOT NULL,
	"name_key" text NOT NULL,
	"external_id" text,
	"resource" jsonb NOT NULL,
	"member_count" integer DEFAULT 0 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_modified_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "directory_groups_pk" PRIMARY KEY("workspace_id","directory_id","id"),
	CONSTRAINT "directory_groups_name_unique" UNIQUE("workspace_id","directory_id","name_key"),
	CONSTRAINT "directory_groups_external_id_unique" UNIQUE("workspace_id","directory_id","external_id")
);
--> statement-breakpoint
ALTER TABLE "directories" ADD COLUMN "group_patch_answer" text DEFAULT '204' NOT NULL;--> statement-breakpoint
ALTER TABLE "directories" ADD COLUMN "rate_limit" integer;--> statement-breakpoint
ALTER TABLE "directory_group_members" ADD CONSTRAINT "directory_group_members_group_fk" FOREIGN KEY ("workspace_id","directory_id","group_id") REFERENCES "public"."directory_groups"("workspace_id","directory_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "directory_group_members" ADD CONSTRAINT "directory_group_members_user_fk" FOREIGN KEY ("workspace_id","directory_id","user_id") REFERENCES "public"."directory_users"("workspace_id","directory_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "directory_groups" ADD CONSTRAINT "directory_groups_directory_fk" FOREIGN KEY ("workspace_id","directory_id") REFERENCES "public"."directories"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "directory_group_members_user" ON "directory_group_members" USING btree ("workspace_id","directory_id","user_id");--> statement-breakpoint
CREATE INDEX "directory_groups_order" ON "directory_groups" USING btree ("workspace_id","directory_id","created_at","id");