-- A device bears its name in its building alone: detector 12 of one building is on the shelf, that of all others pages.
-- A row with a source and a building holds where both do; one with a source alone on the whole campus.
ALTER TABLE shelved DROP CONSTRAINT shelved_check;
ALTER TABLE shelved ADD CHECK (source IS NOT NULL OR building IS NOT NULL);
