-- The schema of alerting as its migrations make it. Written by: python -m deploy.generate

CREATE SCHEMA alerting;

CREATE TABLE alerting.alert_incidents (
    incident_id uuid NOT NULL,
    alert_id uuid NOT NULL,
    n integer NOT NULL,
    dedup_key text,
    severity text NOT NULL,
    zone text,
    cleared boolean NOT NULL,
    source text
);

CREATE TABLE alerting.alerts (
    alert_id uuid NOT NULL,
    version integer NOT NULL,
    plan text NOT NULL,
    kind text NOT NULL,
    building text,
    severity text NOT NULL,
    title text NOT NULL,
    text text NOT NULL,
    drill boolean NOT NULL,
    confidentiality text NOT NULL,
    state text NOT NULL,
    step integer NOT NULL,
    deadline timestamp with time zone,
    opened_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    restored_at timestamp with time zone,
    stood_down_at timestamp with time zone,
    more_asked boolean NOT NULL,
    acknowledged_by text,
    acknowledged_at timestamp with time zone,
    closed_at timestamp with time zone,
    close_reason text,
    teams_paged text[] NOT NULL,
    timeline_seq integer NOT NULL,
    places jsonb NOT NULL,
    frozen jsonb NOT NULL,
    incident_ids uuid[] NOT NULL,
    incidents_joined integer NOT NULL,
    incidents_open integer NOT NULL,
    more_kinds text[],
    alarmed_at timestamp with time zone,
    CONSTRAINT alerts_check CHECK (((state = 'closed'::text) = (closed_at IS NOT NULL))),
    CONSTRAINT alerts_check1 CHECK (((state = 'closed'::text) = (close_reason IS NOT NULL))),
    CONSTRAINT alerts_state_check CHECK ((state = ANY (ARRAY['paging'::text, 'staffed'::text, 'exhausted'::text, 'closed'::text]))),
    CONSTRAINT alerts_step_check CHECK ((step > 0)),
    CONSTRAINT alerts_version_check CHECK ((version > 0))
);

CREATE VIEW alerting.busy_buildings AS
 SELECT DISTINCT building
   FROM alerting.alerts
  WHERE ((state <> 'closed'::text) AND (restored_at IS NULL) AND (NOT drill) AND (confidentiality <> 'confidential'::text) AND (('bhv-'::text || lower(building)) = ANY (teams_paged)));

CREATE TABLE alerting.dead_letters (
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

CREATE TABLE alerting.inbox (
    event_id uuid NOT NULL,
    seen_at timestamp with time zone NOT NULL
);

CREATE TABLE alerting.ledger (
    consumer text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    first_offset bigint NOT NULL,
    next_offset bigint NOT NULL,
    missing bigint DEFAULT 0 NOT NULL,
    CONSTRAINT ledger_check CHECK ((next_offset > first_offset)),
    CONSTRAINT ledger_missing_check CHECK ((missing >= 0))
);

CREATE TABLE alerting.members (
    member_id text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    teams text[] NOT NULL,
    functions text[] NOT NULL,
    channels jsonb NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT members_language_check CHECK ((language = ANY (ARRAY['nl'::text, 'en'::text])))
);

CREATE TABLE alerting.messages (
    key text NOT NULL,
    page_id uuid NOT NULL,
    type text NOT NULL,
    n integer NOT NULL,
    state text NOT NULL,
    lease_token uuid NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    cause_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    refusals integer DEFAULT 0 NOT NULL,
    CONSTRAINT messages_state_check CHECK ((state = ANY (ARRAY['sending'::text, 'sent'::text, 'failed'::text, 'dropped'::text]))),
    CONSTRAINT messages_type_check CHECK ((type = ANY (ARRAY['page'::text, 'update'::text, 'stand_down'::text, 'restored'::text])))
);

CREATE TABLE alerting.outbox (
    id bigint NOT NULL,
    topic text NOT NULL,
    key bytea,
    value bytea,
    headers jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE alerting.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME alerting.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE alerting.pages (
    page_id uuid NOT NULL,
    alert_id uuid NOT NULL,
    n integer NOT NULL,
    member_id text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    team text NOT NULL,
    functions text[] NOT NULL,
    step integer NOT NULL,
    channel text NOT NULL,
    state text NOT NULL,
    round integer NOT NULL,
    sent_at timestamp with time zone,
    delivered_at timestamp with time zone,
    answer text,
    answered_at timestamp with time zone,
    eta_s integer,
    eta_due timestamp with time zone,
    overdue boolean NOT NULL,
    told jsonb NOT NULL,
    version integer NOT NULL,
    CONSTRAINT pages_answer_check CHECK ((answer = ANY (ARRAY['coming'::text, 'not_coming'::text, 'arrived'::text]))),
    CONSTRAINT pages_check CHECK (((answer IS NULL) = (answered_at IS NULL))),
    CONSTRAINT pages_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'delivered'::text, 'failed'::text, 'stood_down'::text])))
);

CREATE TABLE alerting.presence (
    member_id text NOT NULL,
    building text,
    until timestamp with time zone,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT presence_until_check CHECK (isfinite(until))
);

CREATE TABLE alerting.roster (
    only_row boolean DEFAULT true NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT roster_only_row_check CHECK (only_row)
);

CREATE TABLE alerting.shelved (
    shelf_id uuid NOT NULL,
    source text,
    building text,
    reason text NOT NULL,
    by text NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT shelved_check CHECK (((source IS NOT NULL) OR (building IS NOT NULL)))
);

CREATE TABLE alerting.timeline (
    alert_id uuid NOT NULL,
    seq integer NOT NULL,
    at timestamp with time zone NOT NULL,
    event text NOT NULL,
    reason text NOT NULL,
    cause text NOT NULL,
    text text NOT NULL
);

CREATE TABLE alerting.timers (
    alert_id uuid NOT NULL,
    due_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY alerting.alert_incidents
    ADD CONSTRAINT alert_incidents_pkey PRIMARY KEY (incident_id);

ALTER TABLE ONLY alerting.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (alert_id);

ALTER TABLE ONLY alerting.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (topic, partition, "offset");

ALTER TABLE ONLY alerting.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY alerting.ledger
    ADD CONSTRAINT ledger_pkey PRIMARY KEY (consumer, topic, partition);

ALTER TABLE ONLY alerting.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (member_id);

ALTER TABLE ONLY alerting.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (key);

ALTER TABLE ONLY alerting.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alerting.pages
    ADD CONSTRAINT pages_alert_id_member_id_step_key UNIQUE (alert_id, member_id, step);

ALTER TABLE ONLY alerting.pages
    ADD CONSTRAINT pages_pkey PRIMARY KEY (page_id);

ALTER TABLE ONLY alerting.presence
    ADD CONSTRAINT presence_pkey PRIMARY KEY (member_id);

ALTER TABLE ONLY alerting.roster
    ADD CONSTRAINT roster_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY alerting.shelved
    ADD CONSTRAINT shelved_pkey PRIMARY KEY (shelf_id);

ALTER TABLE ONLY alerting.timeline
    ADD CONSTRAINT timeline_pkey PRIMARY KEY (alert_id, seq);

ALTER TABLE ONLY alerting.timers
    ADD CONSTRAINT timers_pkey PRIMARY KEY (alert_id);

CREATE INDEX alert_incidents_keys ON alerting.alert_incidents USING btree (dedup_key) WHERE ((dedup_key IS NOT NULL) AND (NOT cleared));

CREATE INDEX alert_incidents_of ON alerting.alert_incidents USING btree (alert_id, dedup_key);

CREATE INDEX alerts_busy ON alerting.alerts USING btree (building) WHERE ((state <> 'closed'::text) AND (restored_at IS NULL) AND (NOT drill) AND (confidentiality <> 'confidential'::text) AND (('bhv-'::text || lower(building)) = ANY (teams_paged)));

CREATE INDEX alerts_by_time ON alerting.alerts USING btree (opened_at DESC, alert_id DESC);

CREATE INDEX alerts_closed ON alerting.alerts USING btree (closed_at) WHERE (closed_at IS NOT NULL);

CREATE INDEX alerts_drills ON alerting.alerts USING btree (alert_id) WHERE (drill AND (state <> 'closed'::text) AND (teams_paged <> '{}'::text[]));

CREATE INDEX alerts_not_closed ON alerting.alerts USING btree (building) WHERE (state <> 'closed'::text);

CREATE UNIQUE INDEX alerts_open ON alerting.alerts USING btree (building, plan, drill) WHERE ((state <> 'closed'::text) AND (confidentiality <> 'confidential'::text) AND ((frozen -> 'building'::text) <> 'null'::jsonb));

CREATE INDEX messages_leased ON alerting.messages USING btree (lease_until) WHERE (state = 'sending'::text);

CREATE INDEX pages_of_alert ON alerting.pages USING btree (alert_id, n);

CREATE INDEX pages_of_member ON alerting.pages USING btree (member_id);

CREATE INDEX shelved_until ON alerting.shelved USING btree (until);

CREATE INDEX timers_due ON alerting.timers USING btree (due_at);

ALTER TABLE ONLY alerting.alert_incidents
    ADD CONSTRAINT alert_incidents_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alerting.alerts(alert_id);

ALTER TABLE ONLY alerting.messages
    ADD CONSTRAINT messages_page_id_fkey FOREIGN KEY (page_id) REFERENCES alerting.pages(page_id);

ALTER TABLE ONLY alerting.pages
    ADD CONSTRAINT pages_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alerting.alerts(alert_id);

ALTER TABLE ONLY alerting.presence
    ADD CONSTRAINT presence_member_id_fkey FOREIGN KEY (member_id) REFERENCES alerting.members(member_id) ON DELETE CASCADE;

ALTER TABLE ONLY alerting.timeline
    ADD CONSTRAINT timeline_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alerting.alerts(alert_id);

ALTER TABLE ONLY alerting.timers
    ADD CONSTRAINT timers_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alerting.alerts(alert_id);
