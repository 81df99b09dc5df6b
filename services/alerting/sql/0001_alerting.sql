-- Alerts, the people they page, and what is still to be sent or awaited.

CREATE TABLE members (
    member_id  text PRIMARY KEY,
    name       text        NOT NULL,
    language   text        NOT NULL CHECK (language IN ('nl', 'en')),
    teams      text[]      NOT NULL,
    functions  text[]      NOT NULL,
    channels   jsonb       NOT NULL,
    updated_at timestamptz NOT NULL
);

-- Where a member says to be; no row: never said; building null: not here.
CREATE TABLE presence (
    member_id  text PRIMARY KEY REFERENCES members ON DELETE CASCADE,
    building   text,
    until      timestamptz,
    changed_at timestamptz NOT NULL
);

-- One row whose version grows with every change of members or presence, so that replicas know when to read again.
CREATE TABLE roster (
    only_row bool PRIMARY KEY DEFAULT true CHECK (only_row),
    version  bigint NOT NULL
);
INSERT INTO roster (version) VALUES (0);

-- `frozen` (plan, building, people) is written once, when the alert opens.
CREATE TABLE alerts (
    alert_id        uuid PRIMARY KEY,
    version         int         NOT NULL CHECK (version > 0),
    plan            text        NOT NULL,
    kind            text        NOT NULL,
    building        text,
    severity        text        NOT NULL,
    title           text        NOT NULL,
    text            text        NOT NULL,
    drill           bool        NOT NULL,
    confidentiality text        NOT NULL,
    state           text        NOT NULL CHECK (state IN ('paging', 'staffed', 'exhausted', 'closed')),
    step            int         NOT NULL CHECK (step > 0),
    deadline        timestamptz,
    opened_at       timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    restored_at     timestamptz,
    stood_down_at   timestamptz,
    more_asked      bool        NOT NULL,
    acknowledged_by text,
    acknowledged_at timestamptz,
    closed_at       timestamptz,
    close_reason    text,
    teams_paged     text[]      NOT NULL,
    timeline_seq    int         NOT NULL,
    places          jsonb       NOT NULL,
    frozen          jsonb       NOT NULL,
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((state = 'closed') = (close_reason IS NOT NULL))
);
-- One open alert for a building, a plan and drill or real.
CREATE UNIQUE INDEX alerts_open ON alerts (building, plan, drill) WHERE state <> 'closed' AND building IS NOT NULL;
CREATE INDEX alerts_by_time ON alerts (opened_at DESC, alert_id DESC);

-- An incident belongs to one alert; `n` keeps the order in which they joined.
CREATE TABLE alert_incidents (
    incident_id uuid PRIMARY KEY,
    alert_id    uuid NOT NULL REFERENCES alerts,
    n           int  NOT NULL,
    dedup_key   text,
    severity    text NOT NULL,
    zone        text,
    cleared     bool NOT NULL
);
CREATE INDEX alert_incidents_of ON alert_incidents (alert_id, n);
CREATE INDEX alert_incidents_keys ON alert_incidents (dedup_key) WHERE dedup_key IS NOT NULL AND NOT cleared;

-- P2: one page for (alert, member, step), however often it is decided.
CREATE TABLE pages (
    page_id      uuid PRIMARY KEY,
    alert_id     uuid   NOT NULL REFERENCES alerts,
    n            int    NOT NULL,
    member_id    text   NOT NULL,
    name         text   NOT NULL,
    language     text   NOT NULL,
    team         text   NOT NULL,
    functions    text[] NOT NULL,
    step         int    NOT NULL,
    channel      text   NOT NULL,
    state        text   NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'failed', 'stood_down')),
    round        int    NOT NULL,
    sent_at      timestamptz,
    delivered_at timestamptz,
    answer       text CHECK (answer IN ('coming', 'not_coming', 'arrived')),
    answered_at  timestamptz,
    eta_s        int,
    eta_due      timestamptz,
    overdue      bool   NOT NULL,
    told         jsonb  NOT NULL,
    version      int    NOT NULL,
    UNIQUE (alert_id, member_id, step),
    CHECK ((answer IS NULL) = (answered_at IS NULL))
);
CREATE INDEX pages_of_alert ON pages (alert_id, n);
CREATE INDEX pages_of_member ON pages (member_id);

-- What goes out. `sending` is committed with a lease before the channel is called; a lease that ran out is sent again
-- with the same key. `attempts` chooses the member's channel.
CREATE TABLE messages (
    key         text PRIMARY KEY,
    page_id     uuid        NOT NULL REFERENCES pages,
    type        text        NOT NULL CHECK (type IN ('page', 'update', 'stand_down', 'restored')),
    n           int         NOT NULL,
    state       text        NOT NULL CHECK (state IN ('sending', 'sent', 'failed', 'dropped')),
    lease_token uuid        NOT NULL,
    lease_until timestamptz NOT NULL,
    attempts    int         NOT NULL DEFAULT 0,
    cause_at    timestamptz NOT NULL,
    sent_at     timestamptz
);
CREATE INDEX messages_leased ON messages (lease_until) WHERE state = 'sending';

-- When to look at an alert again: its step's deadline or the first ETA of those coming.
CREATE TABLE timers (
    alert_id uuid PRIMARY KEY REFERENCES alerts,
    due_at   timestamptz NOT NULL
);
CREATE INDEX timers_due ON timers (due_at);

CREATE TABLE timeline (
    alert_id uuid        NOT NULL REFERENCES alerts,
    seq      int         NOT NULL,
    at       timestamptz NOT NULL,
    event    text        NOT NULL,
    reason   text        NOT NULL,
    cause    text        NOT NULL,
    text     text        NOT NULL,
    PRIMARY KEY (alert_id, seq)
);
