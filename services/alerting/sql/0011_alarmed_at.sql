-- When the last alarm of an alert came: how long it has been quiet is not told by what else was noted since. Null in what
-- was opened before this was kept, or by a replica that does not know of it yet.
ALTER TABLE alerts ADD COLUMN alarmed_at timestamptz;
