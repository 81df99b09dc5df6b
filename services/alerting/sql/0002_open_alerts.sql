-- One open alert for a building of the campus file, a plan, drill or real, confidential or not. What is said to be in
-- a building that the file does not know joins by its dedup key alone, so two alerts of it may be open side by side.
DROP INDEX alerts_open;
CREATE UNIQUE INDEX alerts_open ON alerts (building, plan, drill, (confidentiality = 'confidential'))
    WHERE state <> 'closed' AND (frozen -> 'building') <> 'null';

-- The alerts that are looked at with every batch are few, those that are kept are many.
CREATE INDEX alerts_not_closed ON alerts (building) WHERE state <> 'closed';
