"""The settings of reporting."""

from pydantic import Field

from shared.settings import Common


class Settings(Common):
    """What reporting reads from the environment besides the common settings."""

    reporting_port: int = Field(8003, ge=1, le=65535, description="Port of reporting.")
    reporting_dead_limit: int = Field(50, ge=1, description="Dead letters in a row after which reporting halts.")
    reporting_stream_buffer: int = Field(2000, ge=1000, description="Messages a slow live stream may be behind.")
