-- What every consuming service keeps so that an event acts once, no offset is lost unseen,
-- and what it decides leaves with the transaction that decided it.

-- Ids of the events that have acted. Replicas of one service share it.
CREATE TABLE inbox (
    event_id uuid PRIMARY KEY,
    seen_at  timestamptz NOT NULL
);

-- One row per consumer and partition: every offset in [first_offset, next_offset) was seen, but for `missing` of them.
CREATE TABLE ledger (
    consumer     text   NOT NULL,
    topic        text   NOT NULL,
    partition    int    NOT NULL,
    first_offset bigint NOT NULL,
    next_offset  bigint NOT NULL,
    missing      bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (consumer, topic, partition),
    CHECK (next_offset > first_offset),
    CHECK (missing >= 0)
);

-- Records that could not be read or handled, as they came.
CREATE TABLE dead_letters (
    topic       text        NOT NULL,
    partition   int         NOT NULL,
    "offset"    bigint      NOT NULL,
    key         bytea,
    value       bytea,
    headers     jsonb       NOT NULL,
    reason      text        NOT NULL,
    buried_at   timestamptz NOT NULL,
    replayed_at timestamptz,
    PRIMARY KEY (topic, partition, "offset")
);

-- Records to publish, in order; the relay deletes what Kafka acknowledged.
CREATE TABLE outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic      text        NOT NULL,
    key        bytea,
    value      bytea,
    headers    jsonb       NOT NULL,
    created_at timestamptz NOT NULL
);
