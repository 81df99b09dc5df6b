-- An alert keeps which other kinds of incidents joined it, as they came: whoever was called is told once of each. Null in
-- what was opened before this was kept, or by a replica that does not know of it yet.
ALTER TABLE alerts ADD COLUMN more_kinds text[];
