-- What `setup="always"` runs before setup, in the same transaction: every table of the pipeline, history included.
drop table if exists store_sales_rejected;
drop table if exists store_sales;
drop table if exists item;
drop table if exists customer;
drop table if exists customer_address;
drop table if exists date_dim;
drop table if exists src_item;
drop table if exists src_customer_address;
drop table if exists src_store_sales;
