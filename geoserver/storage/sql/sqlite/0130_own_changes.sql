-- What one person changed last, to be taken back, however much was looked at since.
-- Written so that both engines read it.
CREATE INDEX journal_actor ON journal (actor, seq) WHERE action <> 'look';
