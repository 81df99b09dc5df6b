-- What every batch looks for is found by an index of its own, however many alerts are kept.
CREATE INDEX alerts_drills ON alerts (alert_id) WHERE drill AND state <> 'closed' AND teams_paged <> '{}';
CREATE INDEX alerts_busy ON alerts (building)
    WHERE state <> 'closed' AND restored_at IS NULL AND NOT drill AND confidentiality <> 'confidential'
      AND 'bhv-' || lower(building) = ANY(teams_paged);
