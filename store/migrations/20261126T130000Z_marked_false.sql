-- A person said that it was not a problem. It stays quiet for a while, and a backtest counts it.
alter table incident add column marked_false_at timestamptz;
