"""What can go wrong in the parts every service shares.

MeldkamerError
├── Unreadable   a record that no version of this program can read: dead letter, never retried
├── Refused      the broker did not acknowledge in time: the sender must send again
│   └── TooLarge   it never will: no use sending it again
├── ConsumerStuck  records come but cannot be acknowledged: the process ends and starts anew
└── Misconfigured  a setting or file is wrong: the message says which and what to do
"""


class MeldkamerError(Exception):
    """The root of our own exceptions."""


class Unreadable(MeldkamerError):
    """A record cannot become an event; the text says why."""


class Refused(MeldkamerError):
    """Kafka did not acknowledge in time. The record may still land within 3 s, never later."""


class TooLarge(Refused):
    """Kafka takes no record of this size, however often it is sent."""


class ConsumerStuck(MeldkamerError):
    """Kafka's client hands out records and acknowledges none; a new process gets those again and goes on."""


class Misconfigured(MeldkamerError):
    """A setting or file is wrong; the text names it and says what to do."""
