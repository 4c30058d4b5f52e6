ALTER TABLE "connections" ADD COLUMN "deployment_client" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sign_ins" ADD COLUMN "deployment_client" boolean DEFAULT false NOT NULL;