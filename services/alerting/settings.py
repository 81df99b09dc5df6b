"""What alerting can be told from outside."""

from pydantic import Field

from shared.settings import Common


class Settings(Common):
    """Environment variables are the field names in upper case."""

    alerting_port: int = Field(8002, description="Port alerting listens on.")
    alerting_replica: str = Field("a", pattern="^[a-z]$", description="Letter of this replica; each its own group.")
    alerting_allow_private_targets: bool = Field(
        False, description="Whether webhooks may go to loopback and private addresses."
    )
    alerting_lease_s: float = Field(5.0, gt=0, description="Seconds until an unconfirmed message is sent again.")
    alerting_send_timeout_s: float = Field(4.0, gt=0, description="Seconds a channel may take; less than the lease.")
    alerting_dead_limit: int = Field(1000, ge=1, description="Dead letters in a row after which consuming stops.")
    alerting_pool_size: int = Field(12, ge=2, description="PostgreSQL connections of this process.")
