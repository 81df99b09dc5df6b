-- Who may send: the hash of each source's key and the endpoints it is good for. The key itself is shown once and not kept.
CREATE TABLE source_keys (
    id         uuid        PRIMARY KEY,
    source     text        NOT NULL CHECK (source ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    scopes     text[]      NOT NULL CHECK (cardinality(scopes) > 0),
    sha256     bytea       NOT NULL UNIQUE CHECK (octet_length(sha256) = 32),
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);

CREATE INDEX source_keys_active ON source_keys (source) WHERE revoked_at IS NULL;
