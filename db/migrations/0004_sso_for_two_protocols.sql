CREATE TABLE "consumed_assertions" (
	"workspace_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"assertion_id" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "consumed_assertions_pk" PRIMARY KEY("workspace_id","connection_id","assertion_id")
);
--> statement-breakpoint
ALTER TABLE "connections" ALTER COLUMN "issuer" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "connections" ALTER COLUMN "client_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "connections" ALTER COLUMN "client_secret" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "connections" ALTER COLUMN "secret_set_at" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "connections" ALTER COLUMN "secret_set_by" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "connections" ALTER COLUMN "metadata" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "provider_session" jsonb;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "scopes" text[];--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "saml" jsonb;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "metadata_url" text;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "metadata_checked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "claim_mapping" jsonb;--> statement-breakpoint
ALTER TABLE "domains" ADD COLUMN "missed_checks" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "domains" ADD COLUMN "lost_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "domains" ADD COLUMN "connection_id" uuid;--> statement-breakpoint
ALTER TABLE "sign_ins" ADD COLUMN "protocol" text DEFAULT 'oidc' NOT NULL;--> statement-breakpoint
ALTER TABLE "sign_ins" ADD COLUMN "initiated_by" text DEFAULT 'sp' NOT NULL;--> statement-breakpoint
ALTER TABLE "sign_ins" ADD COLUMN "request_id" text;--> statement-breakpoint
ALTER TABLE "sign_ins" ADD COLUMN "provider_session" jsonb;--> statement-breakpoint
ALTER TABLE "consumed_assertions" ADD CONSTRAINT "consumed_assertions_connection_fk" FOREIGN KEY ("workspace_id","connection_id") REFERENCES "public"."connections"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "consumed_assertions_expiry" ON "consumed_assertions" USING btree ("expires_at");--> statement-breakpoint
ALTER TABLE "domains" ADD CONSTRAINT "domains_connection_fk" FOREIGN KEY ("workspace_id","connection_id") REFERENCES "public"."connections"("workspace_id","id") ON DELETE set null ("connection_id");--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_id_unique" UNIQUE("id");