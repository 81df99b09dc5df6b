-- A presence until the year 9999 or the year 1 came here as infinity, and comes back as a time that cannot be compared
-- with any other: until the first means without end, until the second that nobody said anything.
UPDATE presence SET until = NULL WHERE until = 'infinity';
DELETE FROM presence WHERE until = '-infinity';
ALTER TABLE presence ADD CHECK (isfinite(until));

-- A tablet looks for the few alerts that are open or closed a moment ago, not for all that its member was called for.
CREATE INDEX alerts_closed ON alerts (closed_at) WHERE closed_at IS NOT NULL;
