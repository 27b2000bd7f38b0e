-- One PL/pgSQL call per allocation, one per release. A draw that is taken already answers 0 and is
-- not a pair.
\set o random(1, :operators)
\set m random(1, :machines)
\set w random(1, :orders)
select allocate('WO-' || :w, 'O-' || :o, 'M-' || :m, 'S-042') as a \gset
\if :a > 0
select release(:a, 'S-042');
\endif
