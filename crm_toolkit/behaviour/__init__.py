"""What people do, as curves: functions over arrays, without a clock and without luck of their own.

repeat_purchase   need that fills up and is emptied; the published processes in closed form
satisfaction      performance against expectation, habit, and what they do to coming back
switching         what a customer does about a failure: exit, voice, word of mouth, nothing
response          answers to messages and prices; tired of messages
service_quality   how states become answers in a survey
diffusion         who comes when: innovators and word of mouth
distributions     quantile functions fast enough for millions of customers
"""
