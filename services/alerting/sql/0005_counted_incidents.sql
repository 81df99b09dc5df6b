-- An alert keeps how many incidents joined it and how many of them are open, and the newest ids: a decision reads those
-- incidents that it is about, however many there are.
ALTER TABLE alerts
    ADD COLUMN incident_ids uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN incidents_joined int NOT NULL DEFAULT 0,
    ADD COLUMN incidents_open int NOT NULL DEFAULT 0;
UPDATE alerts SET (incident_ids, incidents_joined, incidents_open) = (
    SELECT coalesce((array_agg(incident_id ORDER BY n))[greatest(1, count(*) - 999):], '{}'),
           count(*), count(*) FILTER (WHERE NOT cleared)
    FROM alert_incidents i WHERE i.alert_id = alerts.alert_id);
ALTER TABLE alerts
    ALTER COLUMN incident_ids DROP DEFAULT,
    ALTER COLUMN incidents_joined DROP DEFAULT,
    ALTER COLUMN incidents_open DROP DEFAULT;
DROP INDEX alert_incidents_of;
CREATE INDEX alert_incidents_of ON alert_incidents (alert_id, dedup_key);
