-- Each confidential report is an alert of its own, also in one building: only what is not confidential joins.
DROP INDEX alerts_open;
CREATE UNIQUE INDEX alerts_open ON alerts (building, plan, drill)
    WHERE state <> 'closed' AND confidentiality <> 'confidential' AND (frozen -> 'building') <> 'null';

-- Whose BHV has an alarm of its own: as a buddy it is passed over. What is confidential shows nowhere, so not here.
CREATE VIEW busy_buildings AS
    SELECT DISTINCT building FROM alerts
    WHERE state <> 'closed' AND restored_at IS NULL AND NOT drill AND confidentiality <> 'confidential'
      AND 'bhv-' || lower(building) = ANY(teams_paged);
