-- The schema of intake as its migrations make it. Written by: python -m deploy.generate

CREATE SCHEMA intake;

CREATE TABLE intake.conversation_keys (
    conversation_id uuid NOT NULL,
    wrapped bytea NOT NULL
);

CREATE TABLE intake.conversations (
    id uuid NOT NULL,
    receipt_hash bytea NOT NULL,
    building text,
    opened_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone,
    closed_at timestamp with time zone,
    CONSTRAINT conversations_receipt_hash_check CHECK ((octet_length(receipt_hash) = 32))
);

CREATE TABLE intake.dead_letters (
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

CREATE TABLE intake.inbox (
    event_id uuid NOT NULL,
    seen_at timestamp with time zone NOT NULL
);

CREATE TABLE intake.ledger (
    consumer text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    first_offset bigint NOT NULL,
    next_offset bigint NOT NULL,
    missing bigint DEFAULT 0 NOT NULL,
    CONSTRAINT ledger_check CHECK ((next_offset > first_offset)),
    CONSTRAINT ledger_missing_check CHECK ((missing >= 0))
);

CREATE TABLE intake.messages (
    conversation_id uuid NOT NULL,
    id uuid NOT NULL,
    number bigint NOT NULL,
    author text NOT NULL,
    adviser text,
    sent_at timestamp with time zone NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT messages_author_check CHECK ((author = ANY (ARRAY['writer'::text, 'adviser'::text]))),
    CONSTRAINT messages_check CHECK (((author = 'adviser'::text) = (adviser IS NOT NULL)))
);

ALTER TABLE intake.messages ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME intake.messages_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE intake.outbox (
    id bigint NOT NULL,
    topic text NOT NULL,
    key bytea,
    value bytea,
    headers jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE intake.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME intake.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE intake.source_keys (
    id uuid NOT NULL,
    source text NOT NULL,
    scopes text[] NOT NULL,
    sha256 bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT source_keys_scopes_check CHECK ((cardinality(scopes) > 0)),
    CONSTRAINT source_keys_sha256_check CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT source_keys_source_check CHECK ((source ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text))
);

ALTER TABLE ONLY intake.conversation_keys
    ADD CONSTRAINT conversation_keys_pkey PRIMARY KEY (conversation_id);

ALTER TABLE ONLY intake.conversations
    ADD CONSTRAINT conversations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY intake.conversations
    ADD CONSTRAINT conversations_receipt_hash_key UNIQUE (receipt_hash);

ALTER TABLE ONLY intake.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (topic, partition, "offset");

ALTER TABLE ONLY intake.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY intake.ledger
    ADD CONSTRAINT ledger_pkey PRIMARY KEY (consumer, topic, partition);

ALTER TABLE ONLY intake.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (conversation_id, id);

ALTER TABLE ONLY intake.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY intake.source_keys
    ADD CONSTRAINT source_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY intake.source_keys
    ADD CONSTRAINT source_keys_sha256_key UNIQUE (sha256);

CREATE INDEX conversations_closed ON intake.conversations USING btree (closed_at) WHERE (closed_at IS NOT NULL);

CREATE INDEX messages_in_order ON intake.messages USING btree (conversation_id, number);

CREATE INDEX source_keys_active ON intake.source_keys USING btree (source) WHERE (revoked_at IS NULL);

ALTER TABLE ONLY intake.conversation_keys
    ADD CONSTRAINT conversation_keys_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES intake.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY intake.messages
    ADD CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES intake.conversations(id) ON DELETE CASCADE;
