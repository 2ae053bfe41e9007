"""Queries are answered over what the person may see, in a room without doors."""

import pandas as pd
import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.store import checked_role, sql


def _refused(door, text):
    with pytest.raises(InputError) as refusal:
        door.query(text)
    return refusal.value.problems[0].code


def test_a_query_counts_what_the_tables_hold(read_only, tables):
    found = read_only.query("select sum(amount) as money, count(*) as n from orders")
    assert round(found["money"].item(), 2) == round(tables["orders"]["amount"].sum(), 2)
    assert found["n"].item() == len(tables["orders"])
    by_month = read_only.query(
        "select date_trunc('month', ordered_at) m, sum(amount) a from purchases group by 1 order by 1"
    )
    expected = tables["purchases"].groupby(tables["purchases"]["ordered_at"].dt.to_period("M"))["amount"].sum()
    assert by_month["a"].round(2).tolist() == expected.round(2).tolist()


@pytest.mark.parametrize("text", ["select * from Customers", 'FROM "CUSTOMERS" LIMIT 1', "select * from main.orders;",
                                  "with a as (select * from customers) select * from a",
                                  "select * from (values (1)) t(customers)", "select 1 -- ; drop table customers",
                                  "with customers as (select 1 as a) select a from customers"])  # fmt: skip
def test_one_select_is_answered_in_any_writing(read_only, text):
    assert len(read_only.query(text)) >= 1


@pytest.mark.parametrize("text", [
    "", ";", "-- nothing", "select 1; select 2", "delete from customers", "update customers set city = 'x'",
    "insert into customers values (1)", "drop table customers", "create table a (b int)", "create view a as select 1",
    "copy customers to 'out.csv'", "attach 'crm.db' as other", "install httpfs", "load httpfs", "set threads = 9",
    "pragma database_list", "call pragma_version()", "export database 'out'", "explain select 1", "checkpoint",
    "begin", "use main", "select 1; drop table customers",
])  # fmt: skip
def test_anything_but_one_select_is_refused(read_only, text):
    assert _refused(read_only, text) == "not_a_select"


@pytest.mark.parametrize(
    "text", ["selekt 1", "select from where", "select (", None, 5, b"select 1", "select 1" + " " * 10**5]
)
def test_what_is_no_query_is_a_letter(read_only, text):
    assert _refused(read_only, text) == "bad_query"


@pytest.mark.parametrize("name", ["accounts", "sessions", "sign_ins", "roles", "store_info", "sqlite_master",
                                  "sqlite_schema",
                                  "information_schema.tables", "pg_catalog.pg_class", "main.accounts", "nowhere",
                                  '"/etc/passwd"', "'/etc/passwd'", '"data.csv"', "pd", "read_only",
                                  "tables"])  # fmt: skip
def test_other_tables_files_and_variables_are_not_there(read_only, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pd.DataFrame({"a": [1]}).to_csv("data.csv")
    assert _refused(read_only, f"select * from {name}") == "unknown_table"


@pytest.mark.parametrize("call", ["read_csv('secret.csv')", "read_text('secret.csv')", "read_blob('secret.csv')",
                                  "read_json('secret.csv')", "read_parquet('secret.csv')", "glob('*')",
                                  "read_csv('.tmp/secret.csv')", "sniff_csv('secret.csv')",
                                  "read_csv('https://example.com/a.csv')", "query('copy (select 1) to ''out.csv''')",
                                  "duckdb_secrets()", "sqlite_scan('secret.csv', 'a')"])  # fmt: skip
def test_no_function_reads_a_file_or_the_network(read_only, call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".tmp").mkdir()
    for place in ("secret.csv", ".tmp/secret.csv"):
        (tmp_path / place).write_text("a,b\n1,2\n")
    assert _refused(read_only, f"select * from {call}") == "bad_query"
    assert not (tmp_path / "out.csv").exists()


def test_no_folder_is_left_open_and_nothing_is_left_on_the_disk(read_only, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = read_only.query(
        "select value from duckdb_settings() where name in ('allowed_directories', 'allowed_paths')"
    )
    assert set(found["value"]) == {"[]"}
    read_only.query("select a.customer_id from customers a, customers b order by a.full_name || b.full_name limit 5")
    assert list(tmp_path.iterdir()) == []


def test_a_slip_names_the_likely_table(read_only):
    with pytest.raises(InputError, match="Did you mean `customers`"):
        read_only.query("select * from custmers")
    with pytest.raises(InputError) as refusal:
        read_only.query("select * from custmers, ordrs")
    assert len(refusal.value.problems) == 2


def test_a_query_sees_no_more_than_the_role(read_only, people):
    sales = read_only.as_role("sales", employee=people["sales"])
    assert sales.query("select distinct branch_id from customers")["branch_id"].tolist() == [1]
    assert sales.query("select count(*) n from orders")["n"].item() == sales.count("orders")
    marketing = read_only.as_role("marketing")
    assert marketing.query("select count(*) n from customers where phone not like '•••%'")["n"].item() == 0
    analyst = read_only.as_role("analyst")
    for column in ("full_name", "phone", "email", "note"):
        assert _refused(analyst, f"select {column} from customers") == "bad_query"
    for table in ("profile_values", "audit", "leads", "employees"):
        assert _refused(analyst, f"select * from {table}") == "not_allowed"
        assert _refused(analyst, f"select 1 where exists (select 1 from {table})") == "not_allowed"
        assert _refused(analyst, f"select * from query_table('{table}')") == "bad_query"
        assert _refused(analyst, f"select * from query('select * from {table}')") == "bad_query"


def test_who_has_no_right_to_ask_gets_no_answer(read_only, people):
    own = read_only.as_role("customer", customer=people.customer)
    assert _refused(own, "select 1") == "not_allowed"
    role = checked_role("reader", rows={"customers": "all"}, fields={})
    assert _refused(read_only.as_role(role), "select count(*) from customers") == "not_allowed"


def test_what_takes_too_long_is_stopped(read_only, monkeypatch):
    monkeypatch.setattr(sql, "MOST_SECONDS", 0.3)
    assert _refused(read_only, "select count(*) from range(100000000000) a, range(1000) b") == "too_long"


def test_an_answer_that_is_too_long_is_not_cut_in_silence(read_only, monkeypatch):
    monkeypatch.setattr(sql, "MOST_ROWS", 10)
    assert len(read_only.query("select * from range(10)")) == 10
    assert _refused(read_only, "select * from range(11)") == "too_many_rows"
    assert read_only.query("select * from range(100) t(a) order by a desc limit 3")["a"].tolist() == [99, 98, 97]


def test_purchases_keep_lines_whose_product_is_gone(store):
    import sqlalchemy as sa

    from crm_toolkit.store import database
    from crm_toolkit.store.layout import TABLES

    before = store.tables("purchases")
    with database.writing(store.engine) as connection:
        lines = TABLES["order_lines"]
        connection.execute(sa.update(lines).where(lines.c.product_id == 1).values(product_id=None))
    after = store.tables("purchases")
    assert after["amount"].sum() == before["amount"].sum()
    assert after["item"].isna().sum() > 0


def test_purchases_are_closed_where_orders_are(read_only):
    role = checked_role("x", rows={"order_lines": "all"}, fields={"money": "read"}, rights=["query"])
    door = read_only.as_role(role)
    with pytest.raises(InputError):
        door.tables("purchases")
    assert _refused(door, "select * from purchases") == "not_allowed"


def test_money_that_a_role_may_not_see_is_empty_in_purchases(read_only):
    role = checked_role("x", rows=dict.fromkeys(("order_lines", "orders", "products"), "all"), fields={})
    purchases = read_only.as_role(role).tables("purchases")
    assert len(purchases) == read_only.count("order_lines")
    assert purchases["amount"].isna().all()
    assert purchases["unit_price"].isna().all()
    assert purchases["quantity"].notna().all()
