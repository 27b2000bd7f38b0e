-- Who was erased, and whether all traces beside the log have gone. Free texts are stored sealed;
-- older ones are sealed by the next start.

ALTER TABLE operators ADD COLUMN erased_at TIMESTAMPTZ;
CREATE INDEX idx_operators_erased ON operators (operator_id) WHERE erased_at IS NOT NULL;

ALTER TABLE operator_personal
    ADD COLUMN erased_at TIMESTAMPTZ,
    ADD COLUMN traces_erased_at TIMESTAMPTZ;

ALTER TABLE event_texts ADD COLUMN is_sealed BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX idx_event_texts_open ON event_texts (text_id) WHERE NOT is_sealed;
GRANT UPDATE ON event_texts TO mraos_app;
