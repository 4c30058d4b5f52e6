-- What is in the log stays in the log, whoever asks.
-- The one way out of the log: with its whole batch, when that is marked as expired.
create function activity_is_append_only() returns trigger language plpgsql as $$
declare
  expired timestamptz;
begin
  if tg_op = 'DELETE' then
    select expired_at into expired from activity_seals
      where workspace_id = old.workspace_id and through >= old.seq
      order by through limit 1;
    if expired is not null then
      return old;
    end if;
  end if;
  raise exception 'activity is append-only' using errcode = 'insufficient_privilege';
end $$;
--> statement-breakpoint
create trigger activity_no_change before update or delete on activity
  for each row execute function activity_is_append_only();
--> statement-breakpoint
create trigger activity_no_truncate before truncate on activity
  for each statement execute function activity_is_append_only();
--> statement-breakpoint
-- A seal stays, and its rows expire once.
create function activity_seals_stay() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if old.expired_at is null and new.expired_at is not null
      and to_jsonb(new) - 'expired_at' - 'expiry_seal' = to_jsonb(old) - 'expired_at' - 'expiry_seal'
    then
      return new;
    end if;
  end if;
  raise exception 'seals of the activity log stay' using errcode = 'insufficient_privilege';
end $$;
--> statement-breakpoint
create trigger activity_seals_no_change before update or delete on activity_seals
  for each row execute function activity_seals_stay();
--> statement-breakpoint
create trigger activity_seals_no_truncate before truncate on activity_seals
  for each statement execute function activity_seals_stay();
