-- The views: a fold of the topics and nothing else, so that a rebuild can be compared with them row by row.
-- Revisions depend on the order of arrival and therefore live apart, in `changes` and `revision`.

-- Each incident once, as it was first reported. `alert_id` is the first alert that took it up (see `links`).
CREATE TABLE incidents (
    incident_id     uuid        PRIMARY KEY,
    kind            text        NOT NULL,
    category        text        NOT NULL,
    severity        text        NOT NULL,
    urgency         text        NOT NULL,
    certainty       text        NOT NULL,
    occurred_at     timestamptz NOT NULL,
    received_at     timestamptz NOT NULL,
    building        text,
    location        jsonb       NOT NULL,
    source          jsonb       NOT NULL,
    title           text        NOT NULL,
    text            text        NOT NULL,
    details         jsonb       NOT NULL,
    attachments     jsonb       NOT NULL,
    confidentiality text        NOT NULL,
    drill           boolean     NOT NULL,
    dedup_key       text,
    clears          text,
    alert_id        uuid
);
CREATE INDEX incidents_newest ON incidents (received_at DESC, incident_id DESC);

-- Each alert as its highest version says.
CREATE TABLE alerts (
    alert_id        uuid        PRIMARY KEY,
    version         int         NOT NULL,
    plan            text        NOT NULL,
    kind            text        NOT NULL,
    state           text        NOT NULL,
    building        text,
    severity        text        NOT NULL,
    title           text        NOT NULL,
    drill           boolean     NOT NULL,
    confidentiality text        NOT NULL,
    opened_at       timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    step            int         NOT NULL,
    needed          jsonb       NOT NULL,
    coming          jsonb       NOT NULL,
    next_step_at    timestamptz,
    restored_at     timestamptz,
    closed_at       timestamptz,
    close_reason    text,
    acknowledged_by text,
    incident_ids    uuid[]      NOT NULL
);
CREATE INDEX alerts_newest ON alerts (opened_at DESC, alert_id DESC);
CREATE INDEX alerts_open ON alerts (alert_id) WHERE state <> 'closed';

-- Which alert took up which incident, by every version of the alert; either may arrive first.
CREATE TABLE links (
    incident_id uuid        NOT NULL,
    alert_id    uuid        NOT NULL,
    opened_at   timestamptz NOT NULL,
    PRIMARY KEY (incident_id, alert_id)
);

-- Every decision about an alert.
CREATE TABLE timeline (
    alert_id uuid        NOT NULL,
    seq      int         NOT NULL,
    at       timestamptz NOT NULL,
    event    text        NOT NULL,
    reason   text        NOT NULL,
    cause    text        NOT NULL,
    text     text        NOT NULL,
    PRIMARY KEY (alert_id, seq)
);

-- Each page as its highest version says.
CREATE TABLE pages (
    page_id         uuid        PRIMARY KEY,
    version         int         NOT NULL,
    alert_id        uuid        NOT NULL,
    member_id       text        NOT NULL,
    member          text        NOT NULL,
    team            text        NOT NULL,
    functions       text[]      NOT NULL,
    step            int         NOT NULL,
    channel         text        NOT NULL,
    state           text        NOT NULL,
    sent_at         timestamptz,
    delivered_at    timestamptz,
    answer          text,
    answered_at     timestamptz,
    eta_s           int,
    building        text,
    confidentiality text        NOT NULL,
    updated_at      timestamptz NOT NULL
);
CREATE INDEX pages_of_alert ON pages (alert_id);

-- The revision at which each row last changed: what a live stream resumes from.
CREATE TABLE changes (
    entity   text   NOT NULL CHECK (entity IN ('incident', 'alert', 'page')),
    id       uuid   NOT NULL,
    revision bigint NOT NULL UNIQUE,
    PRIMARY KEY (entity, id)
);

-- One row. It is locked while revisions are handed out, so that they commit in order (a sequence would not).
-- A stream that stopped below `floor` cannot be resumed: it gets a snapshot.
CREATE TABLE revision (
    one     boolean PRIMARY KEY DEFAULT true CHECK (one),
    current bigint  NOT NULL,
    floor   bigint  NOT NULL,
    CHECK (floor <= current)
);
INSERT INTO revision (current, floor) VALUES (0, 0);
