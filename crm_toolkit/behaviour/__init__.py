"""What people do, as curves: functions over arrays, without a clock and without luck of their own.

repeat_purchase   need that fills up and is emptied; the published processes in closed form
satisfaction      performance against expectation, habit, and what they do to coming back
switching         what a customer does about a failure: exit, voice, word of mouth, nothing
response          answers to messages and prices; tired of messages
service_quality   how states become answers in a survey
diffusion         who comes when: innovators and word of mouth
distributions     quantile functions fast enough for millions of customers
decision_rules    rules of choice, exact; what flips them; weights stated and inferred
decision_process  problem recognition, search, involvement, situations, outlets, dissonance, feedback
influences        the constructs of Hawkins, Best and Coney as a canvas; items of our own
attitudes         Fishbein, the theory of planned behaviour
expectations      Oliver's disconfirmation and what becomes of expectations
prospect          gains and losses from a reference point
nicosia           firm and consumer as two equations; `howard_sheth` as a system of paths
staged_decision   Engel, Kollat and Blackwell as stages with hazards; `effects_hierarchy`: AIDA
choice            logit shares, nests, the copied offer; `part_worths`: what parts of an offer are worth
kano              must-be, one-dimensional, attractive
evaluation        search, experience and credence qualities
exit_voice        what becomes of the dissatisfied; `service_recovery`: one failure and two
"""
