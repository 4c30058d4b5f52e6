CREATE TABLE "directory_departures" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"directory_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "directory_departures_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "holds" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"directory_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"label" text NOT NULL,
	"reason" text NOT NULL,
	"effect" text NOT NULL,
	"role" text,
	"cause" text,
	"removal" jsonb,
	"held_at" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone,
	"mailed_at" timestamp with time zone,
	"state" text NOT NULL,
	"decided_at" timestamp with time zone,
	"decided_by" text,
	CONSTRAINT "holds_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "scim_requests" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"directory_id" uuid NOT NULL,
	"token_name" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"method" text NOT NULL,
	"path" text NOT NULL,
	"status" integer NOT NULL,
	"milliseconds" integer NOT NULL,
	"address" text,
	"user_agent" text,
	"if_match" text,
	"request_body" text,
	"response_body" text,
	"redacted" boolean NOT NULL,
	"cut" boolean NOT NULL,
	"target_kind" text,
	"target_id" uuid,
	"target_version" integer,
	"changed" jsonb NOT NULL,
	"notes" jsonb NOT NULL,
	"replayed_by" text,
	CONSTRAINT "scim_requests_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "directory_tokens" ADD COLUMN "replaced_by_id" uuid;--> statement-breakpoint
ALTER TABLE "directory_departures" ADD CONSTRAINT "directory_departures_directory_fk" FOREIGN KEY ("workspace_id","directory_id") REFERENCES "public"."directories"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "holds" ADD CONSTRAINT "holds_directory_fk" FOREIGN KEY ("workspace_id","directory_id") REFERENCES "public"."directories"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "holds" ADD CONSTRAINT "holds_member_fk" FOREIGN KEY ("workspace_id","member_id") REFERENCES "public"."members"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scim_requests" ADD CONSTRAINT "scim_requests_directory_fk" FOREIGN KEY ("workspace_id","directory_id") REFERENCES "public"."directories"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "directory_departures_at" ON "directory_departures" USING btree ("workspace_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "holds_standing" ON "holds" USING btree ("workspace_id","member_id") WHERE "holds"."state" = 'held';--> statement-breakpoint
CREATE INDEX "holds_state" ON "holds" USING btree ("workspace_id","state","held_at");--> statement-breakpoint
CREATE INDEX "scim_requests_status" ON "scim_requests" USING btree ("workspace_id","status","id");--> statement-breakpoint
CREATE INDEX "scim_requests_at" ON "scim_requests" USING btree ("at");