ALTER TABLE "connections" ADD COLUMN "certificate_taken_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "encrypted_at" timestamp with time zone;