-- Chats with the confidential advisers. The text is sealed with a key of its own conversation, and that key is wrapped
-- by one that is not in the database: deleting the row of conversation_keys makes the text unreadable everywhere,
-- backups too. No name, no address, no user agent: the receipt, of which a keyed hash is here, is the only way back.
CREATE TABLE conversations (
    id           uuid        PRIMARY KEY,
    receipt_hash bytea       NOT NULL UNIQUE CHECK (octet_length(receipt_hash) = 32),
    building     text,
    opened_at    timestamptz NOT NULL,
    seen_at      timestamptz,
    closed_at    timestamptz
);

CREATE TABLE conversation_keys (
    conversation_id uuid  PRIMARY KEY REFERENCES conversations ON DELETE CASCADE,
    wrapped         bytea NOT NULL
);

CREATE TABLE messages (
    conversation_id uuid        NOT NULL REFERENCES conversations ON DELETE CASCADE,
    id              uuid        NOT NULL,
    number          bigint      GENERATED ALWAYS AS IDENTITY,
    author          text        NOT NULL CHECK (author IN ('writer', 'adviser')),
    adviser         text,
    sent_at         timestamptz NOT NULL,
    sealed          bytea       NOT NULL,
    PRIMARY KEY (conversation_id, id),
    CHECK ((author = 'adviser') = (adviser IS NOT NULL))
);

CREATE INDEX messages_in_order ON messages (conversation_id, number);
CREATE INDEX conversations_closed ON conversations (closed_at) WHERE closed_at IS NOT NULL;
