"""What intake can be told by environment variables."""

from pydantic import Field, SecretStr

from shared.settings import Common


class Settings(Common):
    """Common's settings and intake's own."""

    intake_port: int = Field(8001, description="Port of the intake service.")
    intake_keys_refresh_s: float = Field(3.0, gt=0, description="Seconds between looks at the table of source keys.")
    intake_form_per_minute: int = Field(
        30, ge=1, description="Form reports a minute; more are marked, ten times as many must wait."
    )
    intake_chat_per_minute: int = Field(60, ge=1, description="New chats and tried receipts a minute; more must wait.")
    intake_chat_key: SecretStr = Field(
        SecretStr(""), description="Opens the chats, lost with it; empty: made of MELDKAMER_SECRET."
    )
    intake_chat_keep_days: int = Field(30, ge=1, description="Days after closing a chat until its text is deleted.")
    intake_chat_exit_url: str = Field(
        "https://www.wikipedia.org/", description="Where the chat's quick exit goes: a page that says nothing."
    )

    @property
    def confidential_secret(self) -> str:
        """What everything confidential is sealed with; empty: there is no chat."""
        return self.intake_chat_key.get_secret_value() or self.meldkamer_secret.get_secret_value()
