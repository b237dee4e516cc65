-- Up Migration

-- A lead is asked for by the phone that it was referred with, whosever that has become.
create index referral_phone on referral (tenant_id, phone);
