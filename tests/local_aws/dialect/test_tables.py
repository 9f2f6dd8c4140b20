def test_keys_are_information_only_and_null_is_not(db):
    db.run("""
        create table if not exists t (
            a bigint not null encode az64 distkey, b varchar(16) encode zstd, c decimal, primary key (a)
        ) diststyle key sortkey (a);
        insert into t values (1, 'x', 1.6), (1, 'y', 2);
    """)
    assert db.run("select count(*), max(c) from t") == [(2, 2)]
