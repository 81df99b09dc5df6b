-- The schema of reporting as its migrations make it. Written by: python -m deploy.generate

CREATE SCHEMA reporting;

CREATE TABLE reporting.alerts (
    alert_id uuid NOT NULL,
    version integer NOT NULL,
    plan text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    building text,
    severity text NOT NULL,
    title text NOT NULL,
    drill boolean NOT NULL,
    confidentiality text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    step integer NOT NULL,
    needed jsonb NOT NULL,
    coming jsonb NOT NULL,
    next_step_at timestamp with time zone,
    restored_at timestamp with time zone,
    closed_at timestamp with time zone,
    close_reason text,
    acknowledged_by text,
    incident_ids uuid[] NOT NULL
);

CREATE TABLE reporting.changes (
    entity text NOT NULL,
    id uuid NOT NULL,
    revision bigint NOT NULL,
    CONSTRAINT changes_entity_check CHECK ((entity = ANY (ARRAY['incident'::text, 'alert'::text, 'page'::text])))
);

CREATE TABLE reporting.dead_letters (
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    key bytea,
    value bytea,
    headers jsonb NOT NULL,
    reason text NOT NULL,
    buried_at timestamp with time zone NOT NULL,
    replayed_at timestamp with time zone
);

CREATE TABLE reporting.inbox (
    event_id uuid NOT NULL,
    seen_at timestamp with time zone NOT NULL
);

CREATE TABLE reporting.incidents (
    incident_id uuid NOT NULL,
    kind text NOT NULL,
    category text NOT NULL,
    severity text NOT NULL,
    urgency text NOT NULL,
    certainty text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    building text,
    location jsonb NOT NULL,
    source jsonb NOT NULL,
    title text NOT NULL,
    text text NOT NULL,
    details jsonb NOT NULL,
    attachments jsonb NOT NULL,
    confidentiality text NOT NULL,
    drill boolean NOT NULL,
    dedup_key text,
    clears text,
    alert_id uuid
);

CREATE TABLE reporting.ledger (
    consumer text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    first_offset bigint NOT NULL,
    next_offset bigint NOT NULL,
    missing bigint DEFAULT 0 NOT NULL,
    CONSTRAINT ledger_check CHECK ((next_offset > first_offset)),
    CONSTRAINT ledger_missing_check CHECK ((missing >= 0))
);

CREATE TABLE reporting.links (
    incident_id uuid NOT NULL,
    alert_id uuid NOT NULL,
    opened_at timestamp with time zone NOT NULL
);

CREATE TABLE reporting.outbox (
    id bigint NOT NULL,
    topic text NOT NULL,
    key bytea,
    value bytea,
    headers jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE reporting.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME reporting.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE reporting.pages (
    page_id uuid NOT NULL,
    version integer NOT NULL,
    alert_id uuid NOT NULL,
    member_id text NOT NULL,
    member text NOT NULL,
    team text NOT NULL,
    functions text[] NOT NULL,
    step integer NOT NULL,
    channel text NOT NULL,
    state text NOT NULL,
    sent_at timestamp with time zone,
    delivered_at timestamp with time zone,
    answer text,
    answered_at timestamp with time zone,
    eta_s integer,
    building text,
    confidentiality text NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE reporting.revision (
    one boolean DEFAULT true NOT NULL,
    current bigint NOT NULL,
    floor bigint NOT NULL,
    CONSTRAINT revision_check CHECK ((floor <= current)),
    CONSTRAINT revision_one_check CHECK (one)
);

CREATE TABLE reporting.timeline (
    alert_id uuid NOT NULL,
    seq integer NOT NULL,
    at timestamp with time zone NOT NULL,
    event text NOT NULL,
    reason text NOT NULL,
    cause text NOT NULL,
    text text NOT NULL
);

ALTER TABLE ONLY reporting.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (alert_id);

ALTER TABLE ONLY reporting.changes
    ADD CONSTRAINT changes_pkey PRIMARY KEY (entity, id);

ALTER TABLE ONLY reporting.changes
    ADD CONSTRAINT changes_revision_key UNIQUE (revision);

ALTER TABLE ONLY reporting.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (topic, partition, "offset");

ALTER TABLE ONLY reporting.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY reporting.incidents
    ADD CONSTRAINT incidents_pkey PRIMARY KEY (incident_id);

ALTER TABLE ONLY reporting.ledger
    ADD CONSTRAINT ledger_pkey PRIMARY KEY (consumer, topic, partition);

ALTER TABLE ONLY reporting.links
    ADD CONSTRAINT links_pkey PRIMARY KEY (incident_id, alert_id);

ALTER TABLE ONLY reporting.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY reporting.pages
    ADD CONSTRAINT pages_pkey PRIMARY KEY (page_id);

ALTER TABLE ONLY reporting.revision
    ADD CONSTRAINT revision_pkey PRIMARY KEY (one);

ALTER TABLE ONLY reporting.timeline
    ADD CONSTRAINT timeline_pkey PRIMARY KEY (alert_id, seq);

CREATE INDEX alerts_newest ON reporting.alerts USING btree (opened_at DESC, alert_id DESC);

CREATE INDEX alerts_open ON reporting.alerts USING btree (alert_id) WHERE (state <> 'closed'::text);

CREATE INDEX incidents_newest ON reporting.incidents USING btree (received_at DESC, incident_id DESC);

CREATE INDEX pages_of_alert ON reporting.pages USING btree (alert_id);
