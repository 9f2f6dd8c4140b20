-- VARCHAR is compared without its trailing blanks, by what compares CHAR: in =, <>, IN, joins, GROUP BY, DISTINCT, UNION
-- and indexes. A new connection sees it, the one that runs this may not.
UPDATE pg_operator SET oprcode = compared.by::regproc
FROM (VALUES ('=', 'bpchareq'), ('<>', 'bpcharne'), ('<', 'bpcharlt'), ('<=', 'bpcharle'), ('>', 'bpchargt'),
             ('>=', 'bpcharge')) AS compared (operator, by)
WHERE oprname = operator AND oprleft = 'text'::regtype AND oprright = 'text'::regtype;
UPDATE pg_amproc SET amproc = compared.by::regproc
FROM (VALUES ('bttextcmp', 'bpcharcmp'), ('bttextsortsupport', 'bpchar_sortsupport'), ('hashtext', 'hashbpchar'),
             ('hashtextextended', 'hashbpcharextended')) AS compared (old, by)
WHERE amproc = old::regproc;
