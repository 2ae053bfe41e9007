"""What happens when a form is handed in: checks, the change, the log, in one transaction.

generic       a row of one table, made or changed; versions guard against lost edits
profiles      values of a profile with who, when and on which basis; changes of customers that wait for an employee
requests      requests and complaints with their events
purchases     orders, lines, payments and debts
consents      consent to a purpose, and its withdrawal
pipeline      leads and deals, moved from stage to stage
conclusions   metrics, insights with their evidence, decisions and their review
knowledge     articles from draft to archive, their use, and root causes
"""
