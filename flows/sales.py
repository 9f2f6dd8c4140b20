"""The sales job, declared once: its steps, what each makes, reads and comes after."""

from pathlib import Path

from prefect_redshift.pipeline import Job, Script, Step

SALES = Job(
    name="sales-data-pipeline",
    title="Sales",
    folder=Path(__file__).resolve().parent.parent,
    procedures=Script("sp_statements.sql", read_by="read_sp_statement"),
    checks=[Script("validate_sql_statement.sql"), Script("checks.sql")],
    deploy="run_sp_deploy_redshift",
    setup=Step(
        "setup_sales_data_pipeline",
        # In the order of their creation. The loads lock store_sales first, so it is dropped first.
        makes=[
            "src_item",
            "src_customer_address",
            "src_store_sales",
            "date_dim",
            "customer_address",
            "customer",
            "item",
            "store_sales_rejected",
            "store_sales",
        ],
    ),
    loads=[
        # The dimensions, all at once. One more is a line here, and its procedure and its step in sql/.
        Step("LoadItemTable", makes=["item"], reads=["src_item"]),
        Step("LoadCustomerAddressTable", makes=["customer_address"], reads=["src_customer_address"]),
        Step(
            "run_load_fact_sales",
            makes=["store_sales", "store_sales_rejected"],
            reads=["src_store_sales", "customer", "date_dim"],
            each_day=True,
            range_step="load_fact_sales_range",
        ),
    ],
    validate="run_validate_sql_statement",
    parallel="run_sales_data_pipeline",
    # The names in the article's diagram that do not follow from a step's.
    state_names={
        "wait_on_run_sp_deploy_redshift": "wait_on_sp_deploy_redshift",
        "is_run_sp_deploy_redshift_complete": "is_run_sp_deploy_complete",
    },
)
