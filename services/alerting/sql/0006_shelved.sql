-- Shelved for a while (ISA-18.2): what this source or this building reports is recorded and pages nobody.
CREATE TABLE shelved (
    shelf_id uuid PRIMARY KEY,
    source   text,
    building text,
    reason   text        NOT NULL,
    by       text        NOT NULL,
    since    timestamptz NOT NULL,
    until    timestamptz NOT NULL,
    CHECK ((source IS NULL) <> (building IS NULL))
);
CREATE INDEX shelved_until ON shelved (until);

-- Which source an incident came from, `system` or `system/device`; null for those that joined before this was kept.
ALTER TABLE alert_incidents ADD COLUMN source text;
