-- Per system: who should not be in a copy or get mail from it, in counts; null: not counted yet when it was compared.
alter table comparison add column people jsonb;
