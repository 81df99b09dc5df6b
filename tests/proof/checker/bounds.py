"""How soon is soon enough: the bounds that the checks hold the product to, each with its reason."""

BOUND_S = 1.0  # acknowledged to paged outside faults: rule 2's second; the benchmarks ask for 30 ms of an idle machine
HEAL_S = 5.0  # from the end of a fault until the promises hold again: a dead process serves within 5 s
LATE_S = 3.0  # what was refused with 503 may land so long after the answer (architecture 4), never later
STAMP_ERROR_S = 0.5  # the product asks Kafka for the time and is wrong by 0.25 s at most; the run's own pair by less
DECIDE_S = 1.0  # from a cause to the pages of the step that follows (rule 2)
QUIET_S = 1.0  # from enough people to the last call of a new step
EARLY_S = 0.1  # a deadline may fire early (timers keep a monotonic one beside the database's), but not by much
LEASE_S = 5.0  # a page whose sending nobody confirmed is sent again after so long
AGAIN_S = 2.0  # one that was not taken is tried again after 0.5 s, then 1 s, then so often
PHONES = "alerting-phones"  # the road on which a message arrives and its receipt may be lost
CALM_S = 30.0  # from the healing of the last fault until nothing waits any more
STUCK_LOOKS = 3  # looks in a row at a level that is not 0: one may meet an alert that is just moving on
CUT_S = 1.0  # a fault still counts as present so long before it was written down: its command takes a moment
CRASHES = frozenset({"kill", "term", "restart"})  # kinds after which a process has forgotten what it was doing
NO_EXCUSE = frozenset({"poison"})  # kinds that may delay nothing: a poison's partition goes on (P4)
CLOCK = "clock"  # the kind of fault that moves the wall clock of a process
