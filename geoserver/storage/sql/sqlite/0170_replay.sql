-- What changed of a kind after a moment, read without the rows' bodies: what was before, the first change tells.
-- Written so that both engines read it.
CREATE INDEX journal_kind ON journal (kind, seq, id) WHERE action <> 'look';
