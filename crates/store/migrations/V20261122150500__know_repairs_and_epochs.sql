-- A repair of projections is made known to every node through this number, which the committer
-- reads together with the head. A checkpoint says in which epoch it was signed.

ALTER TABLE log_meta ADD COLUMN projection_generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE checkpoints ADD COLUMN epoch UUID NOT NULL;
