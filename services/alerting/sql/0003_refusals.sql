-- How many channels in a row said that they will never take the message: it fails when all of the member's did, and not
-- when the last one refuses what an earlier one may take later.
ALTER TABLE messages ADD COLUMN refusals int NOT NULL DEFAULT 0;
