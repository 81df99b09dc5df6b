"""Every metric, declared once: name, unit, help, labels. Labels are closed sets, never free text."""

from prometheus_client import Counter, Gauge, Histogram

_LATENCY = (0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_MINUTES = (5, 15, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 3600)

INCIDENTS = Counter(
    "meldkamer_incidents", "Incidents offered to intake, by what became of them.", ["source", "kind", "outcome"]
)
SOURCE_LAST_SEEN = Gauge(
    "meldkamer_source_last_seen_timestamp_seconds", "When a source last sent anything, Unix time.", ["source"]
)
CHAT_OLDEST = Gauge("meldkamer_chat_oldest_text_seconds", "Age of the oldest chat text kept.")

EVENT_TO_PAGE = Histogram(
    "meldkamer_event_to_page_seconds",
    "From intake receiving an event to its page handed to the channel.",
    buckets=_LATENCY,
)
PAGES = Counter("meldkamer_pages", "Pages handed to a channel, by result.", ["channel", "outcome"])
PAGE_DELIVERY = Histogram(
    "meldkamer_page_delivery_seconds",
    "From handing a page over to its delivery receipt.",
    ["channel"],
    buckets=_LATENCY,
)
ANSWERS = Counter("meldkamer_answers", "Answers of paged members.", ["answer"])
ALERT_TO_STAFFED = Histogram(
    "meldkamer_alert_to_staffed_seconds", "From an alert opening to enough people coming.", buckets=_MINUTES
)
ESCALATIONS = Counter("meldkamer_escalations", "Next steps taken, by reason.", ["reason"])
ALERTS_OPEN = Gauge("meldkamer_alerts_open", "Alerts not closed.", ["plan"])
TEAM_PRESENT = Gauge("meldkamer_team_present", "BHV members present.", ["building"])
TIMER_LATENESS = Histogram("meldkamer_timer_lateness_seconds", "How late a deadline was acted on.", buckets=_LATENCY)
LEASES_EXPIRED = Counter("meldkamer_leases_expired", "Messages sent again because their lease ran out.")

VIEW_LAG = Gauge("meldkamer_view_lag_seconds", "How far the views may be behind what happens.")
LIVE_STREAMS = Gauge("meldkamer_live_streams", "Open live streams.")

DELIVERED = Counter("meldkamer_delivered_records", "Records a consumer is done with.", ["consumer"])
DELIVERY_RETRIES = Counter("meldkamer_delivery_retries", "Batches tried again in place.", ["consumer"])
DEAD_LETTERS = Counter("meldkamer_dead_letters", "Records that could not be read or handled.", ["topic"])
LEDGER_MISSING = Gauge(
    "meldkamer_ledger_missing_offsets", "Offsets below the committed one never seen: loss.", ["consumer"]
)
OUTBOX_RELAYED = Counter("meldkamer_outbox_relayed_records", "Records the relay carried to Kafka.")
KAFKA_CLOCK_SHIFT = Gauge("meldkamer_kafka_clock_shift_seconds", "Kafka's clock minus ours, as far as we know.")
LOOP_LAG = Gauge("meldkamer_event_loop_lag_seconds", "How late the event loop ran its last heartbeat.")
