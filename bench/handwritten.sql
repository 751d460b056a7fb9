-- The work of the bench's project as an analyst would write it in one go, without governance: the files into
-- tables, washed and numbered; customers with one e-mail or telephone as one person; the golden record, the
-- variables and the segments. Who may be processed for what is a plain filter, so that the results are those of
-- the project. The variables `data` and `as_of` are set before.

-- What there is to know of customers, washed; raw values stay beside.
create table customers as
with typed as (
    select *, lower(trim(email)) as typed_email, regexp_replace(phone, '[^0-9+]', '', 'g') as dialled,
        case country when 'DK' then '45' when 'NO' then '47' when 'NL' then '31' when 'BE' then '32' end as code
    from read_parquet(getvariable('data') || '/people.parquet')
)
select (row_number() over ())::integer as subject, customer_no,
    if(regexp_full_match(typed_email, '[^@ ]+@[^@ ]+\.[a-z]+'), typed_email, null) as email, email as email_raw,
    case when dialled[1] = '+' then dialled when dialled[1:2] = '00' then '+' || dialled[3:]
        when country in ('NL', 'BE') and dialled[1] = '0' then '+' || code || dialled[2:]
        when dialled <> '' then '+' || code || dialled end as phone, phone as phone_raw,
    if(country = 'NL', regexp_replace(postcode, '^(?:NL-)?(....) ?(..)$', '\1 \2'), regexp_replace(postcode, '^..-', ''))
        as postcode, postcode as postcode_raw,
    trim(city) as city, city as city_raw, country, birth_year, updated_at
from typed;

create table strangers as
select (row_number() over () + (select count(*) from customers))::integer as subject, customer_no
from (select distinct customer_no from read_parquet(getvariable('data') || '/orders-*.parquet')
    where customer_no is not null) as seen
anti join customers using (customer_no);

create table orders as
with numbers as (select subject, customer_no from customers union all from strangers)
select coalesce(subject, 0) as subject, customer_no, invoice, occurred_at, product_group, quantity, amount
from read_parquet(getvariable('data') || '/orders-*.parquet') left join numbers using (customer_no);

create table consents as
select lower(trim(email)) as email, purpose, state, "at" as stated_at, notice, evidence
from read_parquet(getvariable('data') || '/consents.parquet');

-- Customers who share an e-mail or a telephone with up to four others, next to the first of them.
create temp table shared as
select subject, first_subject from customers join (
    select email, min(subject) as first_subject from customers where email is not null
    group by email having count(*) between 2 and 5) using (email)
where subject <> first_subject
union
select subject, first_subject from customers join (
    select phone, min(subject) as first_subject from customers where phone is not null
    group by phone having count(*) between 2 and 5) using (phone)
where subject <> first_subject;

-- The first of all whom one can reach that way.
create temp table reached as
with recursive edges as (
    select subject as a, first_subject as b from shared union all select first_subject, subject from shared
), reaching(subject, person) using key (subject) as (
    select a, min(b) from edges group by a
    union
    select edges.a, min(reaching.person)
    from reaching join edges on edges.b = reaching.subject join recurring.reaching as own on own.subject = edges.a
    where reaching.person < own.person
    group by edges.a
)
select subject, least(subject, person) as person from reaching;

create table persons as
with numbers as (select subject, customer_no, email from customers union all select *, null from strangers),
said as (
    select email,
        max(stated_at) filter (state = 'given' and notice in ('newsletter-2', 'newsletter-3')
            and evidence is not null) as given_at,
        max(stated_at) filter (state = 'withdrawn') as withdrawn_at, bool_or(state = 'objected') as has_objected
    from consents group by email
), known as (
    select subject, coalesce(person, subject) as person, customer_no, has_objected,
        coalesce(withdrawn_at >= given_at, withdrawn_at is not null) as is_withdrawn,
        given_at is not null as is_given
    from numbers left join reached using (subject) left join said using (email)
), judged as (
    select person, min(customer_no) as least_no, not coalesce(bool_or(has_objected), false) as for_analytics,
        coalesce(bool_or(is_given) and not bool_or(is_withdrawn), false) as for_newsletter
    from known group by person
)
select subject, customer_no, person, least_no, for_analytics, for_newsletter from known join judged using (person);

-- Whom an identifier stands for, to look a person up; nobody's own where too many share it.
create table identifiers as
select 'customer_no' as kind, customer_no as value, person from persons
union all
select 'email', email, if(count(*) <= 5, min(person), null) from customers join persons using (subject)
where email is not null group by email
union all
select 'phone', phone, if(count(*) <= 5, min(person), null) from customers join persons using (subject)
where phone is not null group by phone
union all
select 'email', email, null from (select distinct email from consents) as said anti join customers using (email);

create table traits as
select person, arg_max(customers.customer_no, updated_at) as customer_no, arg_max(email, updated_at) as email,
    arg_max(phone, updated_at) as phone, arg_max(postcode, updated_at) as postcode, arg_max(city, updated_at) as city,
    arg_max(country, updated_at) as country, arg_max(birth_year, updated_at) as birth_year,
    max(updated_at) as updated_at
from persons left join customers using (subject) group by person;

create table variables as
with measured as (
    select person, count(*) as lines, sum(amount)::decimal(18, 2) as revenue,
        sum(amount) filter (lately) as revenue_12m, count(distinct invoice) filter (lately) as invoices_12m,
        sum(amount) filter (sold)::double / count(*) filter (sold) as line_value,
        min(amount) filter (sold) as cheapest, max(amount) as dearest,
        min({'at': occurred_at, 'is': product_group})['is'] as began_with,
        max({'at': occurred_at, 'is': product_group})['is'] as latest_group,
        count(*) filter (quantity < 0) / count(*) as returned,
        date_sub('day', max(occurred_at) filter (sold), getvariable('as_of')) as days_since
    from (
        select person, invoice, occurred_at, product_group, quantity, amount, quantity > 0 as sold,
            occurred_at > getvariable('as_of') - interval 12 months as lately
        from orders join persons using (subject)
        where occurred_at <= getvariable('as_of') and (for_analytics or for_newsletter)
    ) group by person
)
select person, coalesce(lines, 0) as lines, coalesce(revenue, 0)::decimal(18, 2) as revenue,
    coalesce(revenue_12m, 0)::decimal(18, 2) as revenue_12m, coalesce(invoices_12m, 0) as invoices_12m,
    line_value, cheapest, dearest, began_with, latest_group, returned, days_since,
    revenue_12m::double / nullif(invoices_12m, 0) as basket,
    coalesce(invoices_12m, 0) >= 4 and days_since <= 90 as loyal
from (select person from persons where (for_analytics or for_newsletter) and person = subject)
left join measured using (person);

create table segment_best as
select person from variables join persons using (person)
where person = subject and for_analytics and revenue_12m >= 1000 and invoices_12m >= 3 and returned < 0.2;

create table segment_lapsed as
select person from variables join persons using (person) join traits using (person)
where person = subject and for_newsletter and revenue >= 500 and country in ('DK', 'NO') and person not in (
    select person from orders join persons using (subject)
    where occurred_at > getvariable('as_of') - interval 90 days and occurred_at <= getvariable('as_of'));

create table segment_toys as
select person from variables join persons using (person)
where person = subject and for_newsletter and basket >= 50 and person in (
    select person from orders join persons using (subject)
    where occurred_at > getvariable('as_of') - interval 365 days and occurred_at <= getvariable('as_of')
        and product_group = 'toys'
    group by person having count(*) >= 2);

create table segment_young_and_new as
select person from variables join persons using (person) join traits using (person)
where person = subject and for_newsletter and birth_year >= 1990 and lines <= 5 and person not in (
    select person from orders join persons using (subject)
    where occurred_at > getvariable('as_of') - interval 365 days and occurred_at <= getvariable('as_of')
        and quantity < 0);
