CREATE TABLE "sign_outs" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"connection_id" uuid NOT NULL,
	"provider_session" jsonb NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "sign_outs_pk" PRIMARY KEY("workspace_id","id"),
	CONSTRAINT "sign_outs_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
ALTER TABLE "sign_outs" ADD CONSTRAINT "sign_outs_connection_fk" FOREIGN KEY ("workspace_id","connection_id") REFERENCES "public"."connections"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sign_outs_expiry" ON "sign_outs" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "sessions_connection" ON "sessions" USING btree ("workspace_id","connection_id");--> statement-breakpoint
CREATE INDEX "sign_ins_started" ON "sign_ins" USING btree ("started_at");